"""STOP: a wait status to a Stop. No I/O.

The words are ptrace(2)'s: a signal-delivery-stop, a group-stop, a syscall-stop, and the
event stops. With PTRACE_SEIZE a group-stop is an event stop too, so the two need no
second look.
"""

import functools
import os
import signal
from typing import Final

import msgspec

from reverie.errors import InternalError
from reverie_process import ExitStatus
from reverie_ptrace.kernel.layouts import EventCode


class SignalStop(msgspec.Struct, frozen=True):
    """A signal is about to be delivered."""

    signo: int


class GroupStop(msgspec.Struct, frozen=True):
    """The whole process is stopped, by this signal, until SIGCONT."""

    signo: int


class SyscallStop(msgspec.Struct, frozen=True):
    """Entry to or exit from a system call; only after a restart by PTRACE_SYSCALL."""


class SeccompStop(msgspec.Struct, frozen=True):
    """The filter stopped a system call before the kernel executes it."""


class BirthStop(msgspec.Struct, frozen=True):
    """The tracee made a new thread or process; the message is its id."""

    event: EventCode


class VforkDoneStop(msgspec.Struct, frozen=True):
    """The child of a vfork has exec'ed or exited, and its parent goes on."""


class ExecStop(msgspec.Struct, frozen=True):
    """An exec succeeded; the message is the thread's former id."""


class ExitStop(msgspec.Struct, frozen=True):
    """The thread is about to end; it must be restarted once more for that."""


class TrapStop(msgspec.Struct, frozen=True):
    """PTRACE_EVENT_STOP with SIGTRAP: a newborn's first stop, or the end of a group-stop."""


class Gone(msgspec.Struct, frozen=True):
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
