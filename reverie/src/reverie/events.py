"""EVENT: what a tool is told. Values only; a backend makes them, ``backend.dispatch`` takes them.

A system call needs no wrapper: the ``Syscall`` value itself is the event, because one
of these is made per stop.
"""

import msgspec

from reverie_syscalls import Signal, Syscall


class ThreadStarted(msgspec.Struct, frozen=True):
    """A thread exists and has not executed an instruction yet."""


class ProgramExecuted(msgspec.Struct, frozen=True):
    """An exec succeeded; the new program has not executed an instruction yet."""


class SignalReceived(msgspec.Struct, frozen=True):
    """A signal is about to be delivered to the thread."""

    signal: Signal


Notice = SignalReceived | ThreadStarted | ProgramExecuted
"""What is no call."""

Event = Syscall | Notice

__all__ = ["Event", "Notice", "ProgramExecuted", "SignalReceived", "ThreadStarted"]
