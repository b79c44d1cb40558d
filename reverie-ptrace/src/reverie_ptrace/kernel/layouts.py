"""The numbers and structures of ptrace(2) that cross into the kernel, with their headers."""

import os
from enum import IntEnum, IntFlag
from typing import Final


class Request(IntEnum):
    """linux/ptrace.h and sys/ptrace.h on x86-64."""

    CONT = 7
    GETREGS = 12
    SETREGS = 13
    DETACH = 17
    SYSCALL = 24
    GETEVENTMSG = 0x4201
    GETSIGINFO = 0x4202
    SETSIGINFO = 0x4203
    GETREGSET = 0x4204
    SETREGSET = 0x4205
    SEIZE = 0x4206
    INTERRUPT = 0x4207
    LISTEN = 0x4208
    GETSIGMASK = 0x420A
    SETSIGMASK = 0x420B
    GET_SYSCALL_INFO = 0x420E
    GET_RSEQ_CONFIGURATION = 0x420F
    SET_SYSCALL_USER_DISPATCH_CONFIG = 0x4210
    GET_SYSCALL_USER_DISPATCH_CONFIG = 0x4211


class Option(IntFlag):
    """PTRACE_O_*, linux/ptrace.h. Inherited by every tracee that is born under trace."""

    TRACESYSGOOD = 1
    TRACEFORK = 1 << 1
    TRACEVFORK = 1 << 2
    TRACECLONE = 1 << 3
    TRACEEXEC = 1 << 4
    TRACEVFORKDONE = 1 << 5
    TRACEEXIT = 1 << 6
    TRACESECCOMP = 1 << 7
    EXITKILL = 1 << 20


class EventCode(IntEnum):
    """PTRACE_EVENT_*, linux/ptrace.h: the third byte of a stop's status."""

    FORK = 1
    VFORK = 2
    CLONE = 3
    EXEC = 4
    VFORK_DONE = 5
    EXIT = 6
    SECCOMP = 7
    STOP = 128


OUR_OPTIONS: Final = (
    Option.TRACESYSGOOD
    | Option.TRACEFORK
    | Option.TRACEVFORK
    | Option.TRACECLONE
    | Option.TRACEEXEC
    | Option.TRACEVFORKDONE
    | Option.TRACEEXIT
    | Option.TRACESECCOMP
)
EXIT_WITH_TRACER: Final = Option.EXITKILL
"""Besides, for a guest that is ours."""

NT_PRSTATUS: Final = 1
NT_PRFPREG: Final = 2
NT_X86_XSTATE: Final = 0x202
NT_ARM_SYSTEM_CALL: Final = 0x404
"""Kinds of register sets, linux/elf.h."""
FP_SET: Final = NT_PRFPREG if os.uname().machine == "aarch64" else NT_X86_XSTATE
FP_BYTES: Final = 16384
"""More than any: an XSAVE area with AMX has 11008 (CPUID leaf 0xD)."""

SYSCALL_INFO_BYTES: Final = 88
"""sizeof(struct ptrace_syscall_info), linux/ptrace.h."""

SIGINFO_BYTES: Final = 128
"""sizeof(siginfo_t), asm-generic/siginfo.h: SI_MAX_SIZE."""

WNOHANG: Final = 1
WALL: Final = 0x4000_0000
"""__WALL: children of every kind, threads too. linux/wait.h."""
WNOTHREAD: Final = 0x2000_0000
"""__WNOTHREAD: only the children and tracees of the calling thread. linux/wait.h."""

__all__ = [
    "EXIT_WITH_TRACER",
    "FP_BYTES",
    "FP_SET",
    "NT_ARM_SYSTEM_CALL",
    "NT_PRFPREG",
    "NT_PRSTATUS",
    "NT_X86_XSTATE",
    "OUR_OPTIONS",
    "SIGINFO_BYTES",
    "SYSCALL_INFO_BYTES",
    "WALL",
    "WNOHANG",
    "WNOTHREAD",
    "EventCode",
    "Option",
    "Request",
]
