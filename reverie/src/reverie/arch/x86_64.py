"""x86-64: the registers of a stopped thread, and which of them carry a system call.

The order is that of ``struct user_regs_struct``, sys/user.h, which PTRACE_GETREGS and
NT_PRSTATUS share. A system call has its number in orig_rax, its arguments in rdi, rsi,
rdx, r10, r8, r9 and its result in rax (syscall(2), "Architecture calling conventions").
"""

from array import array
from struct import Struct
from typing import Final, Self

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

ARGUMENTS: Final = (RDI, RSI, RDX, R10, R8, R9)
"""Where a system call's six arguments are, in their order."""

SYSCALL_INSTRUCTION: Final = b"\x0f\x05"

RED_ZONE_BYTES: Final = 128
"""Below rsp, usable by leaf functions without moving rsp: System V ABI for x86-64, 3.2.2."""

NO_SYSCALL: Final = 0xFFFF_FFFF_FFFF_FFFF
"""-1 in orig_rax: no system call is to be executed, or none is to be restarted."""

unpack_call: Final = Struct("=56x3Q16x4Q").unpack_from
"""Return r10, r9, r8, rdx, rsi, rdi, orig_rax from the bytes of a register set. Per stop."""


class Registers:
    """The general registers of a thread, as unsigned 64-bit words that can be changed."""

    __slots__ = ("words",)

    def __init__(self, data: bytes = bytes(SIZE_BYTES)) -> None:
        self.words = array("Q", data)

    def copy(self) -> Self:
        """Return registers that can be changed apart from these."""
        return type(self)(self.words.tobytes())

    def to_bytes(self) -> bytes:
        """Return the registers as the kernel lays them out."""
        return self.words.tobytes()

    def __getitem__(self, name: str) -> int:
        return self.words[_index(name)]

    def __setitem__(self, name: str, value: int) -> None:
        self.words[_index(name)] = value & NO_SYSCALL

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

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Registers) and self.words == other.words

    __hash__ = None  # type: ignore[assignment]  # it can be changed, so it cannot be a key

    def __repr__(self) -> str:
        return "Registers(" + " ".join(f"{name}={word:#x}" for name, word in zip(NAMES, self.words, strict=True)) + ")"


def _index(name: str) -> int:
    try:
        return NAMES.index(name)
    except ValueError:
        raise KeyError(f"there is no register {name!r}; there are {', '.join(NAMES)}") from None


__all__ = ["ARGUMENTS", "NAMES", "NO_SYSCALL", "RED_ZONE_BYTES", "SYSCALL_INSTRUCTION", "Registers"]
