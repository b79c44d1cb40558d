"""EVENT: a clone that asks for a child that nobody traces.

CLONE_UNTRACED keeps a child from its parent's tracer, but not from its parent's filter:
the calls that the filter wants traced would fail in it with ENOSYS. So the flag is taken
out of the call that the kernel sees; the tool and the guest see theirs.
"""

import struct
from typing import Final

from reverie.arch.machine import RED_ZONE_BYTES, SP
from reverie.backend import RemoteMemory
from reverie_ptrace.commands.registers import know_registers
from reverie_ptrace.tracee import Tracee
from reverie_syscalls import MemoryFault, Syscall, Sysno

_CLONE_UNTRACED: Final = 0x0080_0000
"""linux/sched.h."""
_FLAGS: Final = struct.Struct("=Q")
"""The first field of struct clone_args, linux/sched.h."""
_BELOW_BYTES: Final = RED_ZONE_BYTES + 8192
"""Below the stack pointer: the red zone, and what a tool may use for its own data (reverie.StackRoom)."""
_LARGEST_BYTES: Final = 4096
"""The kernel takes no larger struct clone_args than a page (copy_clone_args_from_user, kernel/fork.c)."""


def traced_instead(tracee: Tracee, call: Syscall) -> Syscall | None:
    """Return the call without the flag, or None when it has none. For clone and clone3.

    clone3 has its flags in memory, which other threads may see: a copy without the flag
    is put on the stack, far enough down that nothing is there while the thread is stopped.
    """
    first, second = call.words[:2]
    if call.sysno is Sysno.clone:
        return _with_first(call, first & ~_CLONE_UNTRACED) if first & _CLONE_UNTRACED else None
    memory = RemoteMemory(tracee.tid)
    try:
        (flags,) = _FLAGS.unpack(memory.read(first, _FLAGS.size))
        if not flags & _CLONE_UNTRACED or second > _LARGEST_BYTES:
            return None
        copy = _FLAGS.pack(flags & ~_CLONE_UNTRACED) + memory.read(first + _FLAGS.size, second - _FLAGS.size)
        place = (know_registers(tracee).words[SP] - _BELOW_BYTES - len(copy)) // 16 * 16
        memory.write(place, copy)
    except MemoryFault:
        return None  # the kernel will say EFAULT, or the child goes its own way
    return _with_first(call, place)


def _with_first(call: Syscall, word: int) -> Syscall:
    _, b, c, d, e, f = call.words
    return type(call).from_words((word, b, c, d, e, f))


__all__ = ["traced_instead"]
