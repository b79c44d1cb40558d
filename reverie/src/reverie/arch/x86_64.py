"""x86-64: the registers of a stopped thread, and which of them carry a system call.

The order is that of ``struct user_regs_struct``, sys/user.h, which PTRACE_GETREGS and
NT_PRSTATUS share. A system call has its number in orig_rax, its arguments in rdi, rsi,
rdx, r10, r8, r9 and its result in rax (syscall(2), "Architecture calling conventions").

The upper-case names without a register in them are the vocabulary that every module of
this folder has; ``reverie.arch`` hands on the machine's own.
"""

from array import array
from typing import Final, TypeAlias

from reverie.arch.register_set import RegisterSet
from reverie_process.seccomp import X32_SYSCALL_BIT, AuditArch
from reverie_syscalls import Sysno

_ORDER: Final = (
    "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss"
    " fs_base gs_base ds es fs gs"
)

NAMES: Final = tuple(_ORDER.split())
"""The registers in the kernel's order; each is 8 bytes."""

SIZE_BYTES: Final = 8 * len(NAMES)

R11: Final = 6
R10: Final = 7
R9: Final = 8
R8: Final = 9
RAX: Final = 10
RCX: Final = 11
RDX: Final = 12
RSI: Final = 13
RDI: Final = 14
ORIG_RAX: Final = 15
RIP: Final = 16
RSP: Final = 19
FS_BASE: Final = 21
GS_BASE: Final = 22

PC: Final = RIP
SP: Final = RSP
RESULT: Final = RAX
NUMBER: Final = ORIG_RAX
"""Where the kernel keeps the number of the call that it is in."""
ARGUMENTS: Final = (RDI, RSI, RDX, R10, R8, R9)
"""Where a system call's six arguments are, in their order."""
BORN_WITH: Final = (*ARGUMENTS, ORIG_RAX, RIP, RCX, R11)
"""What a child has of its parent's call. Its result, its stack and its thread pointer are its own."""
BASES: Final = (FS_BASE, GS_BASE)
"""What a call itself may change: arch_prctl(2)."""

SYSCALL_INSTRUCTION: Final = b"\x0f\x05"

RED_ZONE_BYTES: Final = 128
"""Below rsp, usable by leaf functions without moving rsp: System V ABI for x86-64, 3.2.2."""

NO_SYSCALL: Final = 0xFFFF_FFFF_FFFF_FFFF
"""-1 in orig_rax: no system call is to be executed, or none is to be restarted."""

AUDIT_ARCH: Final = int(AuditArch.X86_64)
"""How the kernel names the architecture that a call was made as."""
FOREIGN_NUMBER_BIT: Final = X32_SYSCALL_BIT
"""Set in the numbers of another number space of the same architecture; 0 where there is none."""

KERNEL_NUMBERS: Final = {sysno: int(sysno) for sysno in Sysno}
"""The number of each call: that which names it."""

Words: TypeAlias = "memoryview | array[int]"
"""A register set, as words that can be changed."""


class Registers(RegisterSet):
    """The general registers of a thread, as unsigned 64-bit words that can be changed."""

    __slots__ = ()
    NAMES = NAMES

    @property
    def pc(self) -> int:
        """The address of the next instruction, by the name that every architecture knows."""
        return self.words[RIP]

    @property
    def sp(self) -> int:
        """The stack pointer, by the name that every architecture knows."""
        return self.words[RSP]

    @property
    def rip(self) -> int:
        """The address of the next instruction."""
        return self.words[RIP]

    @property
    def rsp(self) -> int:
        """The stack pointer."""
        return self.words[RSP]

    @property
    def rax(self) -> int:
        """The result of a system call."""
        return self.words[RAX]

    @property
    def orig_rax(self) -> int:
        """The number of the system call, or ``NO_SYSCALL``."""
        return self.words[ORIG_RAX]


def foreign_abi(audit_arch: int) -> str:
    """Name the convention of a call that was made as another architecture, or with ``FOREIGN_NUMBER_BIT``."""
    return "x32" if audit_arch == AUDIT_ARCH else "i386"


def to_kernel(number: int) -> int:
    """Return the kernel's number for a ``Sysno``: the same here."""
    return number


def from_kernel(number: int) -> int:
    """Return the ``Sysno`` for a number of the kernel's: the same here."""
    return number


def change_call(words: Words, number: int, arguments: tuple[int, ...]) -> None:
    """Change the call that the thread is about to make; it has entered the kernel.

    rax stays -ENOSYS, as it is at every entry: a number the kernel does not know must fail so.
    """
    words[ORIG_RAX] = number
    for index, word in zip(ARGUMENTS, arguments, strict=True):
        words[index] = word


def issue_call(words: Words, number: int, arguments: tuple[int, ...], place: int) -> None:
    """Make the thread issue a call from the syscall instruction at ``place``. It is in no call now."""
    words[RAX] = number
    words[ORIG_RAX] = NO_SYSCALL
    words[RIP] = place
    for index, word in zip(ARGUMENTS, arguments, strict=True):
        words[index] = word


def skip_call(words: Words, result: int) -> None:
    """Give the call that the thread is about to make a result, and let it not be made.

    -1 in orig_rax makes the kernel skip the call (syscall_trace_enter, kernel/entry/common.c).
    """
    words[ORIG_RAX] = NO_SYSCALL
    words[RAX] = result


def issue_again(words: Words, number: int, first: int) -> None:
    """Make the thread issue a call anew from the instruction behind which it stands.

    Args:
        first: the call's first argument, which is still in its place here.
    """
    words[RIP] -= len(SYSCALL_INSTRUCTION)
    words[RAX] = number
    words[ORIG_RAX] = NO_SYSCALL


__all__ = [
    "ARGUMENTS",
    "AUDIT_ARCH",
    "BASES",
    "BORN_WITH",
    "FOREIGN_NUMBER_BIT",
    "KERNEL_NUMBERS",
    "NAMES",
    "NO_SYSCALL",
    "NUMBER",
    "PC",
    "RED_ZONE_BYTES",
    "RESULT",
    "SIZE_BYTES",
    "SP",
    "SYSCALL_INSTRUCTION",
    "Registers",
    "Words",
    "change_call",
    "foreign_abi",
    "from_kernel",
    "issue_again",
    "issue_call",
    "skip_call",
    "to_kernel",
]
