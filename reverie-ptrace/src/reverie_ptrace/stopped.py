"""The handle that permits requests to a tracee: given by a stop, spent by resuming.

There is one per tracee, marked anew at each stop; a handle per stop would be an
allocation per stop (measured: 0.2 µs of about 7).
"""

import errno
import os
import signal
from struct import Struct
from typing import Final

from reverie.errors import InternalError
from reverie_process import Tid
from reverie_ptrace.colocation import Affinity, Colocation
from reverie_ptrace.kernel import requests
from reverie_ptrace.kernel.layouts import EventCode
from reverie_ptrace.kernel.registers import RegisterBuffer
from reverie_ptrace.kernel.requests import Call, SyscallInfoBuffer
from reverie_syscalls import Syscall

_SI_CODE: Final = Struct("=8xi")
"""In an event stop: the event in the second byte, SIGTRAP in the first (ptrace_notify, kernel/signal.c)."""
_AT_EXIT: Final = EventCode.EXIT << 8 | signal.SIGTRAP


class Stopped:
    """Requests to one stopped tracee.

    Every request may raise ProcessLookupError: the tracee was killed while it was
    stopped. The loop turns that into the thread's end, at one place.

    Raises:
        InternalError: a request to a tracee that was resumed already.
    """

    __slots__ = ("_colocation", "affinity", "spent", "telling", "tid")

    def __init__(self, tid: Tid, colocation: Colocation | None = None) -> None:
        self.tid = tid
        self.spent = True
        self._colocation = colocation
        self.telling: Syscall | None = None
        """The call that it goes on with, when that may tell of an affinity: see ``Colocation``."""
        self.affinity: Affinity | None = None

    def load(self, registers: RegisterBuffer) -> None:
        """Read the registers into a buffer."""
        self._check()
        registers.load(self.tid)

    def store(self, registers: RegisterBuffer) -> None:
        """Set the registers from a buffer."""
        self._check()
        registers.store(self.tid)

    def fp_registers(self) -> bytes:
        """Return the floating-point and vector registers, as the kernel lays them out."""
        self._check()
        return requests.fp_registers(self.tid)

    def syscall_info(self, buffer: SyscallInfoBuffer) -> Call:
        """Return architecture, number and arguments of the call that it is stopped at."""
        self._check()
        return buffer.load(self.tid)

    def message(self) -> int:
        """Return the message of the event stop."""
        self._check()
        return requests.geteventmsg(self.tid)

    def birth(self, event: EventCode) -> int | None:
        """Return the id of what was born, or None when the tracee has gone on to its exit stop.

        SIGKILL takes a tracee from any stop to its exit stop, unasked, and the message
        is then the exit status. The siginfo tells which of the two it was read at.
        """
        message = self.message()
        code = _SI_CODE.unpack_from(requests.getsiginfo(self.tid))[0]
        return message if code >> 8 == event else None

    def siginfo(self) -> bytes:
        """Return the siginfo of the signal-delivery-stop."""
        self._check()
        info = requests.getsiginfo(self.tid)
        if _SI_CODE.unpack_from(info)[0] == _AT_EXIT:
            raise ProcessLookupError(errno.ESRCH, os.strerror(errno.ESRCH))  # SIGKILL has taken it there: see birth
        return info

    def set_siginfo(self, info: bytes) -> None:
        """Replace the siginfo of the signal-delivery-stop."""
        self._check()
        requests.setsiginfo(self.tid, info)

    def signal_mask(self) -> int:
        """Return the blocked signals, signal n in bit n - 1."""
        self._check()
        return requests.getsigmask(self.tid)

    def set_signal_mask(self, mask: int) -> None:
        """Set the blocked signals."""
        self._check()
        requests.setsigmask(self.tid, mask)

    def rseq_area(self) -> int:
        """Return the address of its ``struct rseq``, or 0."""
        self._check()
        return requests.rseq_area(self.tid)

    def suspend_user_dispatch(self) -> bytes:
        """Turn its syscall user dispatch off; return it, or nothing where it was off."""
        self._check()
        configuration = requests.user_dispatch(self.tid)
        if configuration:
            requests.set_user_dispatch(self.tid, bytes(len(configuration)))
        return configuration

    def restore_user_dispatch(self, configuration: bytes) -> None:
        """Turn its syscall user dispatch on again."""
        self._check()
        requests.set_user_dispatch(self.tid, configuration)

    def cont(self, signo: int = 0) -> None:
        """Resume; spends the handle."""
        self._check()
        self.spent = True
        if self._colocation is None:
            requests.cont(self.tid, signo)
        else:
            self._colocation.restart(self, requests.cont, signo)

    def syscall(self, signo: int = 0) -> None:
        """Resume to the next syscall-stop; spends the handle."""
        self._check()
        self.spent = True
        if self._colocation is None:
            requests.syscall(self.tid, signo)
        else:
            self._colocation.restart(self, requests.syscall, signo)

    def detach(self, signo: int = 0) -> None:
        """Stop being its tracer and let it run on; spends the handle."""
        self._check()
        self.spent = True
        requests.detach(self.tid, signo)

    def listen(self) -> None:
        """Leave it in its group-stop; spends the handle."""
        self._check()
        self.spent = True
        try:
            requests.listen(self.tid)
        except OSError as error:
            if error.errno == errno.EIO:
                # Not in a group-stop any more: SIGKILL has taken it on to its exit stop.
                raise ProcessLookupError(errno.ESRCH, os.strerror(errno.ESRCH)) from error
            raise

    def _check(self) -> None:
        if self.spent:
            raise InternalError(f"a ptrace request to thread {self.tid}, which is not stopped")


__all__ = ["Stopped"]
