"""Interrupt a thread that is blocked in wait4(2), from another thread.

wait4 cannot wait for a file or a time as well, and no descriptor becomes readable at a
ptrace-stop: a pidfd tells of the end only, and SIGCHLD through a signalfd is lost when
any other thread of an embedding program has it unblocked. What is left is the oldest
means: a signal with a handler, so that wait4 returns EINTR. It may arrive just before
the call blocks; so it is sent again until the other side says that it has seen it.
"""

import functools
import signal
import threading
from typing import Final

from reverie.errors import BackendUnavailable
from reverie_process.libc import install_interrupting_handler

_AGAIN_SECONDS: Final = 0.001
"""After this the signal is sent again; the race described above needs it, and an owner that
computes for long, which is asked ever more rarely."""
_SELDOM_SECONDS: Final = 0.1


class Interrupter:
    """Belongs to the thread that made it; any other thread may call ``interrupt``."""

    def __init__(self) -> None:
        self._signo = _interrupting_signal()
        self._thread = threading.get_ident()
        self._seen = threading.Event()
        self.wanted = False
        """Whether somebody interrupts and has not been answered."""
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [self._signo])

    def interrupt(self) -> None:
        """Make the owner's wait return; come back when ``take`` has answered it."""
        self._seen.clear()
        self.wanted = True
        pause = _AGAIN_SECONDS
        while True:
            signal.pthread_kill(self._thread, self._signo)
            if self._seen.wait(pause):
                return
            pause = min(2 * pause, _SELDOM_SECONDS)

    def take(self) -> bool:
        """Return whether somebody interrupted, and let them go on. Called by the owner."""
        if not self.wanted:
            return False
        self.wanted = False
        self._seen.set()
        return True


@functools.cache
def _interrupting_signal() -> int:
    """Choose the highest real-time signal that this program does not use, and prepare it."""
    for signo in range(signal.SIGRTMAX, signal.SIGRTMIN - 1, -1):
        if install_interrupting_handler(signo):
            return signo
    raise BackendUnavailable("every real-time signal has a handler already; the tracer needs one of its own")


__all__ = ["Interrupter"]
