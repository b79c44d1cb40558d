"""The general registers of aarch64: register sets, of which the number of the current call is one of its own."""

from typing import Final

from reverie.arch.aarch64 import GENERAL_BYTES, NO_SYSCALL, NUMBER, SIZE_BYTES
from reverie_process import Tid
from reverie_ptrace.kernel.layouts import NT_ARM_SYSTEM_CALL, NT_PRSTATUS
from reverie_ptrace.kernel.register_words import RegisterWords
from reverie_ptrace.kernel.requests import getregset, setregset

_INT_BYTES: Final = 4


class RegisterSets(RegisterWords):
    """The registers of aarch64, and behind them the number of the call that the thread is in."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(SIZE_BYTES)

    def load(self, tid: Tid) -> None:
        """Read the tracee's registers. Source: ptrace(2), PTRACE_GETREGSET; arch/arm64/kernel/ptrace.c."""
        getregset(tid, NT_PRSTATUS, self._address, GENERAL_BYTES)
        getregset(tid, NT_ARM_SYSTEM_CALL, self._address + GENERAL_BYTES, _INT_BYTES)
        number = self.words[NUMBER] & 0xFFFF_FFFF  # the kernel writes an int
        self.words[NUMBER] = NO_SYSCALL if number == 0xFFFF_FFFF else number

    def store(self, tid: Tid) -> None:
        """Set the tracee's registers. See ``load``."""
        setregset(tid, NT_PRSTATUS, self._address, GENERAL_BYTES)
        setregset(tid, NT_ARM_SYSTEM_CALL, self._address + GENERAL_BYTES, _INT_BYTES)


__all__ = ["RegisterSets"]
