"""aarch64: the registers of a stopped thread, and which of them carry a system call.

The order is that of ``struct user_pt_regs``, asm/ptrace.h, which NT_PRSTATUS has; one
word more stands for the kernel's own note of the call's number, NT_ARM_SYSTEM_CALL.
A system call has its number in x8, its arguments in x0 to x5 and its result in x0
(syscall(2), "Architecture calling conventions"). So a result overwrites the first
argument; the kernel keeps that one elsewhere (orig_x0), where no tracer reaches it.

Unit-tested only; none of it has run on such a machine yet. See ``x86_64`` for what the names mean.
"""

from array import array
from typing import Final, TypeAlias

from reverie.arch.register_set import RegisterSet
from reverie.errors import ReverieError
from reverie_process.seccomp import AuditArch
from reverie_syscalls import AARCH64, by_number

NAMES: Final = (*(f"x{index}" for index in range(31)), "sp", "pc", "pstate", "syscallno")

GENERAL_BYTES: Final = 8 * 34
"""The part that NT_PRSTATUS has."""
SIZE_BYTES: Final = 8 * len(NAMES)

X0: Final = 0
X8: Final = 8
PC: Final = 32
SP: Final = 31
RESULT: Final = X0
NUMBER: Final = 34
ARGUMENTS: Final = (0, 1, 2, 3, 4, 5)
BORN_WITH: Final = (1, 2, 3, 4, 5, X8, NUMBER, PC)
BASES: Final = ()
"""No call changes a register that NT_PRSTATUS has, but for its result."""

SYSCALL_INSTRUCTION: Final = b"\x01\x00\x00\xd4"
"""svc #0."""

RED_ZONE_BYTES: Final = 0
"""None: what is below sp belongs to nobody (Procedure Call Standard for the Arm 64-bit Architecture, 6.4.5)."""

NO_SYSCALL: Final = 0xFFFF_FFFF_FFFF_FFFF

AUDIT_ARCH: Final = int(AuditArch.AARCH64)
FOREIGN_NUMBER_BIT: Final = 0

KERNEL_NUMBERS: Final = AARCH64

Words: TypeAlias = "memoryview | array[int]"

_FROM_KERNEL: Final = {number: int(sysno) for sysno, number in AARCH64.items()}
_TO_KERNEL: Final = {int(sysno): number for sysno, number in AARCH64.items()}
_UNNAMED: Final = 1 << 31
"""Marks a number of the kernel's that has no name yet, so that it is not taken for another call's ``Sysno``."""


class Registers(RegisterSet):
    """The general registers of a thread, as unsigned 64-bit words that can be changed."""

    __slots__ = ()
    NAMES = NAMES

    @property
    def pc(self) -> int:
        """The address of the next instruction."""
        return self.words[PC]

    @property
    def sp(self) -> int:
        """The stack pointer."""
        return self.words[SP]


def foreign_abi(audit_arch: int) -> str:
    """Name the convention of a call that was made as another architecture."""
    return "arm"


def to_kernel(number: int) -> int:
    """Return the kernel's number for a ``Sysno``, whose values are x86-64's.

    Raises:
        ReverieError: aarch64 has no such call.
    """
    if number & _UNNAMED:
        return number & ~_UNNAMED
    found = _TO_KERNEL.get(number)
    if found is None:
        sysno = by_number(number)
        name = f"number {number}" if sysno is None else sysno.name
        raise ReverieError(f"aarch64 has no system call {name}: inject the one that took its place")
    return found


def from_kernel(number: int) -> int:
    """Return the ``Sysno`` for a number of the kernel's; a number without a name keeps its value, marked."""
    return _FROM_KERNEL.get(number, number | _UNNAMED)


def change_call(words: Words, number: int, arguments: tuple[int, ...]) -> None:
    """Change the call that the thread is about to make; it has entered the kernel."""
    words[NUMBER] = words[X8] = number
    for index, word in zip(ARGUMENTS, arguments, strict=True):
        words[index] = word


def issue_call(words: Words, number: int, arguments: tuple[int, ...], place: int) -> None:
    """Make the thread issue a call from the svc instruction at ``place``. It is in no call now."""
    words[X8] = number
    words[NUMBER] = NO_SYSCALL
    words[PC] = place
    for index, word in zip(ARGUMENTS, arguments, strict=True):
        words[index] = word


def skip_call(words: Words, result: int) -> None:
    """Give the call that the thread is about to make a result, and let it not be made.

    -1 as the number makes the kernel skip the call (el0_svc_common, arch/arm64/kernel/syscall.c).
    """
    words[NUMBER] = NO_SYSCALL
    words[X0] = result


def issue_again(words: Words, number: int, first: int) -> None:
    """Make the thread issue a call anew from the instruction behind which it stands.

    Args:
        first: the call's first argument, which its result has overwritten.
    """
    words[PC] -= len(SYSCALL_INSTRUCTION)
    words[X8] = number
    words[X0] = first
    words[NUMBER] = NO_SYSCALL


__all__ = [
    "ARGUMENTS",
    "AUDIT_ARCH",
    "BASES",
    "BORN_WITH",
    "FOREIGN_NUMBER_BIT",
    "GENERAL_BYTES",
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
