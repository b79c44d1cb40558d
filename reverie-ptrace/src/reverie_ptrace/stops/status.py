"""STOP: a wait status to a Stop. No I/O.

The words are ptrace(2)'s: a signal-delivery-stop, a group-stop, a syscall-stop, and the
event stops. With PTRACE_SEIZE a group-stop is an event stop too, so the two need no
second look.
"""

import functools
import os
import signal
from dataclasses import dataclass
from typing import Final

from reverie.errors import InternalError
from reverie_process import ExitStatus
from reverie_ptrace.kernel.layouts import EventCode


@dataclass(frozen=True, slots=True)
class SignalStop:
    """A signal is about to be delivered."""

    signo: int


@dataclass(frozen=True, slots=True)
class GroupStop:
    """The whole process is stopped, by this signal, until SIGCONT."""

    signo: int


@dataclass(frozen=True, slots=True)
class SyscallStop:
    """Entry to or exit from a system call; only after a restart by PTRACE_SYSCALL."""


@dataclass(frozen=True, slots=True)
class SeccompStop:
    """The filter stopped a system call before the kernel executes it."""


@dataclass(frozen=True, slots=True)
class BirthStop:
    """The tracee made a new thread or process; the message is its id."""

    event: EventCode


@dataclass(frozen=True, slots=True)
class VforkDoneStop:
    """The child of a vfork has exec'ed or exited, and its parent goes on."""


@dataclass(frozen=True, slots=True)
class ExecStop:
    """An exec succeeded; the message is the thread's former id."""


@dataclass(frozen=True, slots=True)
class ExitStop:
    """The thread is about to end; it must be restarted once more for that."""


@dataclass(frozen=True, slots=True)
class TrapStop:
    """PTRACE_EVENT_STOP with SIGTRAP: a newborn's first stop, or the end of a group-stop."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The thread has ended."""

    status: ExitStatus


Stop = (
    SeccompStop
    | SyscallStop
    | SignalStop
    | BirthStop
    | VforkDoneStop
    | ExecStop
    | ExitStop
    | GroupStop
    | TrapStop
    | Gone
)

_SYSCALL_TRAP: Final = signal.SIGTRAP | 0x80
_BIRTHS: Final = frozenset({EventCode.FORK, EventCode.VFORK, EventCode.CLONE})
_EVENTS: Final[dict[int, Stop]] = {
    EventCode.SECCOMP: SeccompStop(),
    EventCode.VFORK_DONE: VforkDoneStop(),
    EventCode.EXEC: ExecStop(),
    EventCode.EXIT: ExitStop(),
}


@functools.cache  # per stop: the same few words come again and again, and a lookup beats making a value
def decode_status(status: int) -> Stop:
    """Return what a wait status means.

    Raises:
        InternalError: a stop that no option of ours asks for.
    """
    if not os.WIFSTOPPED(status & 0xFFFF):
        return Gone(ExitStatus.from_raw(status))
    signo = (status >> 8) & 0xFF
    event = status >> 16
    if event == 0:
        return SyscallStop() if signo == _SYSCALL_TRAP else SignalStop(signo)
    if event in _BIRTHS:
        return BirthStop(EventCode(event))
    if event == EventCode.STOP:
        return TrapStop() if signo == signal.SIGTRAP else GroupStop(signo)
    if event in _EVENTS:
        return _EVENTS[event]
    raise InternalError(f"the wait status {status:#x} has event {event}, which no option of ours asks for")


__all__ = [
    "BirthStop",
    "ExecStop",
    "ExitStop",
    "Gone",
    "GroupStop",
    "SeccompStop",
    "SignalStop",
    "Stop",
    "SyscallStop",
    "TrapStop",
    "VforkDoneStop",
    "decode_status",
]
