"""Which system calls the kernel lets through, refuses or reports: rules compiled to classic BPF."""

from reverie_process.seccomp.filter import (
    ALLOW,
    KILL_PROCESS,
    KILL_THREAD,
    LOG,
    TRAP,
    USER_NOTIF,
    X32_SYSCALL_BIT,
    Action,
    AuditArch,
    FilterFlag,
    SyscallFilter,
    errno,
    install,
    trace,
)

__all__ = [
    "ALLOW",
    "KILL_PROCESS",
    "KILL_THREAD",
    "LOG",
    "TRAP",
    "USER_NOTIF",
    "X32_SYSCALL_BIT",
    "Action",
    "AuditArch",
    "FilterFlag",
    "SyscallFilter",
    "errno",
    "install",
    "trace",
]
