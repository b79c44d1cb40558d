"""The guest: the C program in ``guest/``, compiled once by the mechanism of the tests' guests."""

from pathlib import Path
from typing import Final

from tests.support.compile import NoCompiler, compile_guest
from torture.errors import TortureError

_SOURCE: Final = Path(__file__).parent / "guest"
# Threads of the bare clone share their maker's thread-local storage, where the canary of a stack protector
# would be, and cannot enter the dynamic linker.
_FLAGS: Final = ("-fno-stack-protector", "-Wl,-z,now")


def compile_program() -> Path:
    """Return the guest's path; compile it if it has changed.

    Raises:
        TortureError: there is no compiler, or it refused the program.
    """
    try:
        return compile_guest("torture", _FLAGS, source=_SOURCE)
    except (NoCompiler, AssertionError, OSError) as error:
        raise TortureError(str(error)) from error


__all__ = ["compile_program"]
