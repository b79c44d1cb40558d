"""EVENT: what a tool is told. Values only; a backend makes them, ``backend.dispatch`` takes them.

A system call needs no wrapper: the ``Syscall`` value itself is the event, because one
of these is made per stop.
"""

from dataclasses import dataclass

from reverie_syscalls import Signal, Syscall


@dataclass(frozen=True, slots=True)
class ThreadStarted:
    """A thread exists and has not executed an instruction yet."""


@dataclass(frozen=True, slots=True)
class ProgramExecuted:
    """An exec succeeded; the new program has not executed an instruction yet."""


@dataclass(frozen=True, slots=True)
class SignalReceived:
    """A signal is about to be delivered to the thread."""

    signal: Signal


Event = Syscall | SignalReceived | ThreadStarted | ProgramExecuted

__all__ = ["Event", "ProgramExecuted", "SignalReceived", "ThreadStarted"]
