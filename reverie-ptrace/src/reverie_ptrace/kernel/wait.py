"""wait4(2), as a tracer needs it: for this thread's tracees only, and interruptible.

``__WNOTHREAD`` is what lets a tracer live in a program that has children of its own:
a thread that waits for any tracee of *its own* cannot take the status of a child that
another thread started (do_wait, kernel/exit.c). ``os.waitpid`` is no use here: it
retries after a signal (PEP 475), and a signal is what interrupts this wait.
"""

import ctypes
import errno
from typing import Final

from reverie_process.libc import library, os_error
from reverie_ptrace.kernel.layouts import WALL, WNOHANG, WNOTHREAD

_wait4 = library.wait4
_wait4.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p]
_wait4.restype = ctypes.c_int

_ANY: Final = WALL | WNOTHREAD
_ANY_NOW: Final = WALL | WNOTHREAD | WNOHANG


class NoTracees(Exception):
    """There is nothing to wait for (ECHILD)."""


class Wait:
    """Waits on one thread. Keeps the word that the kernel stores a status in."""

    __slots__ = ("_address", "_status")

    def __init__(self) -> None:
        self._status = ctypes.c_int()
        self._address = ctypes.addressof(self._status)

    def block(self, options: int = _ANY) -> tuple[int, int]:
        """Wait for any tracee; return its tid and status, or (0, 0) when a signal interrupted.

        Raises:
            NoTracees: there is none.
        """
        tid = _wait4(-1, self._address, options, None)
        if tid > 0:
            return tid, self._status.value
        if tid == 0:
            return 0, 0
        number = ctypes.get_errno()
        if number == errno.EINTR:
            return 0, 0
        if number == errno.ECHILD:
            raise NoTracees
        raise os_error()

    def poll(self) -> tuple[int, int]:
        """Return a tid and its status if one is there, else (0, 0). See ``block``."""
        return self.block(_ANY_NOW)


__all__ = ["NoTracees", "Wait"]
