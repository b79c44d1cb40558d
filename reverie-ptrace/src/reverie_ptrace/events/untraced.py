"""EVENT: a clone that asks for a child that nobody traces.

CLONE_UNTRACED keeps a child from its parent's tracer, but not from its parent's filter:
the calls that the filter wants traced would fail in it with ENOSYS. So the flag is taken
out of the call that the kernel sees; the tool and the guest see theirs.
"""

import contextlib
import struct
from typing import Final

from reverie.arch.machine import RED_ZONE_BYTES, SP
from reverie.backend import RemoteMemory
from reverie.errors import GuestGone
from reverie_process import Tid
from reverie_ptrace.commands.registers import know_registers
from reverie_ptrace.tracee import BorrowedMemory, Tracee
from reverie_syscalls import MemoryFault, Syscall, Sysno

CLONES: Final = frozenset({Sysno.clone, Sysno.clone3})
"""Each is looked at, whoever wants it: clone3 has the flag in memory, where no filter looks."""

_CLONE_UNTRACED: Final = 0x0080_0000
_CLONE_VM: Final = 0x0000_0100
"""linux/sched.h."""
_FLAGS: Final = struct.Struct("=Q")
"""The first field of struct clone_args, linux/sched.h."""
_BELOW_BYTES: Final = RED_ZONE_BYTES + 8192
"""Below the stack pointer: the red zone, and what a tool may use for its own data (reverie.StackRoom)."""
_LARGEST_BYTES: Final = 4096
"""The kernel takes no larger struct clone_args than a page (copy_clone_args_from_user, kernel/fork.c)."""


def asks_untraced(tracee: Tracee, call: Syscall) -> bool:
    """Tell whether the call has the flag. For clone and clone3."""
    flags = call.words[0] if call.sysno is Sysno.clone else _flags(tracee, call)
    return bool(flags & _CLONE_UNTRACED)


def traced_instead(tracee: Tracee, call: Syscall) -> Syscall:
    """Return the call without the flag, for the kernel to execute now.

    clone3 has its flags in memory, which other threads may see: a copy without the flag
    is put on the stack, far enough down that nobody looks while the thread is stopped.
    What was there comes back by ``give_back``.
    """
    first, second = call.words[:2]
    if call.sysno is Sysno.clone:
        return _with_first(call, first & ~_CLONE_UNTRACED)
    memory = RemoteMemory(tracee.tid)
    try:
        flags, rest = _flags(tracee, call), memory.read(first + _FLAGS.size, second - _FLAGS.size)
        copy = _FLAGS.pack(flags & ~_CLONE_UNTRACED) + rest
        place = (know_registers(tracee).words[SP] - _BELOW_BYTES - len(copy)) // 16 * 16
        former = memory.read(place, len(copy))
        memory.write(place, copy)
    except MemoryFault:
        return call  # the kernel will say EFAULT, or the child goes its own way
    tracee.borrowed = BorrowedMemory(place, former, shared=bool(flags & _CLONE_VM))
    return _with_first(call, place)


def give_back(tracee: Tracee, child: Tid | None = None) -> None:
    """Put back what ``traced_instead`` has overwritten, also in the copy that a child has of it."""
    borrowed, tracee.borrowed = tracee.borrowed, None
    if borrowed is None:
        return
    owners = [tracee.tid] if child is None or borrowed.shared else [tracee.tid, child]
    for tid in owners:
        with contextlib.suppress(MemoryFault, GuestGone):
            RemoteMemory(tid).write(borrowed.address, borrowed.data)


def _flags(tracee: Tracee, call: Syscall) -> int:
    address, size = call.words[:2]
    if not _FLAGS.size <= size <= _LARGEST_BYTES:
        return 0  # the kernel will say EINVAL or E2BIG
    try:
        flags: int = _FLAGS.unpack(RemoteMemory(tracee.tid).read(address, _FLAGS.size))[0]
    except MemoryFault:
        return 0
    return flags


def _with_first(call: Syscall, word: int) -> Syscall:
    _, b, c, d, e, f = call.words
    return type(call).from_words((word, b, c, d, e, f))


__all__ = ["CLONES", "asks_untraced", "give_back", "traced_instead"]
