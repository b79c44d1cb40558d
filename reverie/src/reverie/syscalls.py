"""The typed system calls of ``reverie_syscalls``, under the name that tools import them by."""

from typing import TYPE_CHECKING

from reverie_syscalls import *  # noqa: F403  (this module is that package, renamed)
from reverie_syscalls import __all__ as __all__

if TYPE_CHECKING:
    # mypy reads a list in __all__, but not ``__all__ += module.__all__``, by which that package names these.
    from reverie_syscalls._generated.calls import *  # noqa: F403
