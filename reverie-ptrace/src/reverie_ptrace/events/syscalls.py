"""EVENT: seccomp stops. What the kernel says of the call becomes a typed call."""

from typing import Final

from reverie.arch.machine import AUDIT_ARCH, FOREIGN_NUMBER_BIT, foreign_abi, from_kernel
from reverie.backend import FILTER_DATA
from reverie_ptrace.commands.skip import give_result
from reverie_ptrace.events.untraced import traced_instead
from reverie_ptrace.run import Run
from reverie_ptrace.tracee import Tracee
from reverie_syscalls import Errno, Syscall, Sysno, Unknown, decode

_EXECS: Final = (Sysno.execve, Sysno.execveat)
_CLONES: Final = (Sysno.clone, Sysno.clone3)


def interpret_syscall(run: Run, tracee: Tracee) -> Syscall | None:
    """Return the call that the tracee is about to make; None when no tool is to be told."""
    arch, number, a, b, c, d, e, f, data = tracee.stopped.syscall_info(run.syscall_info)
    if data != FILTER_DATA:
        _refuse(tracee)
        return None
    if arch == AUDIT_ARCH and not number & FOREIGN_NUMBER_BIT:
        call = decode(from_kernel(number), (a, b, c, d, e, f))
        tracee.foreign = False
    else:
        call = Unknown(number, (a, b, c, d, e, f), foreign_abi(arch))
        tracee.foreign = True
    if tracee.launching:
        if call.sysno not in _EXECS:
            return None
        tracee.launching = False
    tracee.call = call
    tracee.made_instead = traced_instead(tracee, call) if call.sysno in _CLONES and not tracee.foreign else None
    tracee.pending = tracee.tail_allowed = True
    tracee.interrupted = False
    return call


def _refuse(tracee: Tracee) -> None:
    """Do what the kernel does when a filter wants a tracer and there is none (seccomp(2), SECCOMP_RET_TRACE)."""
    tracee.call = None
    tracee.pending = True
    give_result(tracee, -Errno.ENOSYS)


__all__ = ["interpret_syscall"]
