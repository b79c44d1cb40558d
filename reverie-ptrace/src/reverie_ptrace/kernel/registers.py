"""Where the kernel stores a tracee's general registers: words that stay at one address."""

import os
from typing import TYPE_CHECKING, Final

from reverie.arch.x86_64 import SIZE_BYTES
from reverie_process import Tid
from reverie_process.libc import library, os_error
from reverie_ptrace.kernel.layouts import Request
from reverie_ptrace.kernel.register_words import RegisterWords

_ptrace = library.ptrace

# per stop: plain ints; a member of an IntEnum costs a conversion at each call.
_GETREGS: Final = int(Request.GETREGS)
_SETREGS: Final = int(Request.SETREGS)


class WholeRegisters(RegisterWords):
    """The registers of x86-64."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(SIZE_BYTES)

    def load(self, tid: Tid) -> None:
        """Read the tracee's registers. Source: ptrace(2), PTRACE_GETREGS."""
        if _ptrace(_GETREGS, tid, 0, self._address) < 0:
            raise os_error()

    def store(self, tid: Tid) -> None:
        """Set the tracee's registers. Source: ptrace(2), PTRACE_SETREGS."""
        if _ptrace(_SETREGS, tid, 0, self._address) < 0:
            raise os_error()


if TYPE_CHECKING or os.uname().machine != "aarch64":
    RegisterBuffer = WholeRegisters
else:
    from reverie_ptrace.kernel.register_sets import RegisterSets as RegisterBuffer

__all__ = ["RegisterBuffer", "WholeRegisters"]
