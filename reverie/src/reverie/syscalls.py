"""The typed system calls of ``reverie_syscalls``, under the name that tools import them by."""

from reverie_syscalls import *  # noqa: F403  (this module is that package, renamed)
from reverie_syscalls import __all__ as __all__
