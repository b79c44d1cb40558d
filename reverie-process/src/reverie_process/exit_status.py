"""How a process ended: exited with a code, or killed by a signal; or that it had not, when it was last seen."""

import os
import resource
import signal
import sys
from dataclasses import dataclass
from typing import NoReturn, Self


@dataclass(frozen=True, slots=True)
class ExitStatus:
    """The end of a process or of one thread.

    One of ``code`` and ``signal`` is not None, but for a program that had not ended when
    its watcher turned away; that is ``is_running``.
    """

    code: int | None
    """What the program gave to ``exit(2)``, 0 to 255."""
    signal: int | None = None
    """The number of the signal that killed it."""
    core_dumped: bool = False

    @classmethod
    def exited(cls, code: int) -> Self:
        """Return the status of a program that ended by itself."""
        return cls(code & 0xFF)

    @classmethod
    def killed(cls, signo: int, *, core_dumped: bool = False) -> Self:
        """Return the status of a program that a signal ended."""
        return cls(None, int(signo), core_dumped)

    @classmethod
    def running(cls) -> Self:
        """Return the status of a program that had not ended when it was last seen."""
        return cls(None)

    @classmethod
    def from_raw(cls, status: int) -> Self:
        """Decode a wait status, as ``waitpid(2)`` gives it for a process that is gone."""
        if os.WIFSIGNALED(status):
            return cls.killed(os.WTERMSIG(status), core_dumped=os.WCOREDUMP(status))
        return cls.exited(os.WEXITSTATUS(status))

    @property
    def raw(self) -> int:
        """The wait status: ``code << 8``, or the signal with 0x80 for a core dump.

        Raises:
            ValueError: it had not ended.
        """
        if self.signal is None:
            if self.code is None:
                raise ValueError("a program that has not ended has no wait status")
            return self.code << 8
        return self.signal | (0x80 if self.core_dumped else 0)

    @property
    def is_running(self) -> bool:
        """Whether it had not ended."""
        return self.code is None and self.signal is None

    @property
    def success(self) -> bool:
        """Whether the program exited with 0."""
        return self.code == 0

    def __str__(self) -> str:
        if self.is_running:
            return "still running"
        if self.signal is None:
            return f"exited with {self.code}"
        core = " (core dumped)" if self.core_dumped else ""
        return f"killed by {_signal_name(self.signal)}{core}"

    def raise_or_exit(self) -> NoReturn:
        """End this process the same way; with 0 after a program that had not ended.

        A signal is raised with its default action, without a second core file, so
        that our own parent sees what it would have seen of the program.
        """
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:  # it is when its descriptor was closed as Python started
                stream.flush()
        if self.signal is None:
            raise SystemExit(self.code or 0)
        _die_of(self.signal)


def _die_of(signo: int) -> NoReturn:
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    if signo not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(signo, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signo])
    os.kill(os.getpid(), signo)
    os._exit(128 + signo)


def _signal_name(signo: int) -> str:
    try:
        return signal.Signals(signo).name
    except ValueError:
        return f"signal {signo}"


__all__ = ["ExitStatus"]
