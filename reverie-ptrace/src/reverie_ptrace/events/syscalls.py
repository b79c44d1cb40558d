"""EVENT: seccomp stops. What the kernel says of the call becomes a typed call."""

from typing import Final

from reverie.backend import FILTER_DATA
from reverie_process.seccomp import AuditArch
from reverie_ptrace.commands.skip import give_result
from reverie_ptrace.events.untraced import traced_instead
from reverie_ptrace.run import Run
from reverie_ptrace.tracee import Tracee
from reverie_syscalls import Errno, Syscall, Sysno, Unknown, decode

_NATIVE: Final = int(AuditArch.X86_64)
_X32_BIT: Final = 0x4000_0000
_EXECS: Final = (Sysno.execve, Sysno.execveat)
_CLONES: Final = (Sysno.clone, Sysno.clone3)


def interpret_syscall(run: Run, tracee: Tracee) -> Syscall | None:
    """Return the call that the tracee is about to make; None when no tool is to be told."""
    arch, number, a, b, c, d, e, f, data = tracee.stopped.syscall_info(run.syscall_info)
    if data != FILTER_DATA:
        _refuse(tracee)
        return None
    if arch == _NATIVE and not number & _X32_BIT:
        call = decode(number, (a, b, c, d, e, f))
        tracee.foreign = False
    else:
        abi = "x32" if arch == _NATIVE else "i386"
        call = Unknown(number, (a, b, c, d, e, f), abi)
        tracee.foreign = True
    if tracee.launching:
        if number not in _EXECS:
            return None
        tracee.launching = False
    tracee.call = call
    tracee.made_instead = traced_instead(tracee, call) if number in _CLONES and not tracee.foreign else None
    tracee.pending = tracee.tail_allowed = True
    tracee.interrupted = False
    return call


def _refuse(tracee: Tracee) -> None:
    """Do what the kernel does when a filter wants a tracer and there is none (seccomp(2), SECCOMP_RET_TRACE)."""
    tracee.call = None
    tracee.pending = True
    give_result(tracee, -Errno.ENOSYS)


__all__ = ["interpret_syscall"]
