"""EVENT: seccomp stops. What the kernel says of the call becomes a typed call."""

from typing import Final

from reverie.arch.machine import AUDIT_ARCH, FOREIGN_NUMBER_BIT, KERNEL_NUMBERS, foreign_abi, from_kernel
from reverie.backend import FILTER_DATA, OWN_INTEREST
from reverie_ptrace.colocation import TELLING
from reverie_ptrace.commands.skip import give_result
from reverie_ptrace.events.untraced import CLONES, asks_untraced
from reverie_ptrace.run import Run
from reverie_ptrace.tracee import Tracee
from reverie_syscalls import Errno, Syscall, Sysno, Unknown, Words, decode

_EXECS: Final = (Sysno.execve, Sysno.execveat)
_IN_VSYSCALL_PAGE: Final = (Sysno.gettimeofday, Sysno.time, Sysno.getcpu)
_VSYSCALL_PAGE: Final = 0xFFFF_FFFF_FF60_0000
"""VSYSCALL_ADDR, asm/vsyscall.h; above it is nothing."""
_PECULIAR: Final = frozenset(KERNEL_NUMBERS.get(sysno) for sysno in (*CLONES, *_IN_VSYSCALL_PAGE))
_TELLING: Final = frozenset(KERNEL_NUMBERS.get(sysno) for sysno in TELLING)
"""per stop: plain numbers; a member of an enum would be hashed by its name."""


def interpret_syscall(run: Run, tracee: Tracee) -> Syscall | None:
    """Return the call that the filter has stopped the tracee at; None when no tool is to be told."""
    arch, number, a, b, c, d, e, f, data = tracee.stopped.syscall_info(run.syscall_info)
    if data != FILTER_DATA:
        if data == OWN_INTEREST:
            _begin(run, tracee, arch, number, (a, b, c, d, e, f))
        else:
            refuse_foreign_filter(tracee)
        return None
    return _begin(run, tracee, arch, number, (a, b, c, d, e, f))


def interpret_boundary(run: Run, tracee: Tracee) -> Syscall | None:
    """Return the call that the tracee enters, where no filter chooses; None at an exit, and for what nobody wants."""
    arch, number, a, b, c, d, e, f, _ = tracee.stopped.syscall_info(run.syscall_info)
    tracee.call = None
    if not run.syscall_info.at_entry or run.choice is None or not run.choice.wants(arch, number):
        return None
    return _begin(run, tracee, arch, number, (a, b, c, d, e, f))


def _begin(run: Run, tracee: Tracee, arch: int, number: int, words: Words) -> Syscall | None:
    if arch == AUDIT_ARCH and not number & FOREIGN_NUMBER_BIT:
        call = decode(from_kernel(number), words)
        tracee.foreign = False
    else:
        call = Unknown(number, words, foreign_abi(arch))
        tracee.foreign = True
    if tracee.launching:
        if call.sysno not in _EXECS:
            return None
        tracee.launching = False
    tracee.call = call
    tracee.pending = tracee.tail_allowed = True
    tracee.interrupted = tracee.made = tracee.asks_untraced = tracee.by_vsyscall = False
    tracee.made_instead = tracee.mask_lent_by = None
    tracee.stopped.telling = call if tracee.foreign or number in _TELLING else None
    if number in _PECULIAR and not tracee.foreign:
        if call.sysno in CLONES:
            tracee.asks_untraced = asks_untraced(tracee, call)
        else:
            tracee.by_vsyscall = run.syscall_info.instruction_pointer >= _VSYSCALL_PAGE
    return call


def refuse_foreign_filter(tracee: Tracee) -> None:
    """Answer a stop that the guest's own filter asked for, as the kernel does without a tracer.

    Source: seccomp(2), SECCOMP_RET_TRACE: ENOSYS.
    """
    tracee.call = None
    tracee.pending = True
    give_result(tracee, -Errno.ENOSYS)


__all__ = ["interpret_boundary", "interpret_syscall", "refuse_foreign_filter"]
