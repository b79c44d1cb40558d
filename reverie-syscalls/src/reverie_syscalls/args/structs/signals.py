"""Structs of calls on signals."""

from struct import Struct
from typing import ClassVar

from .packed import Packed


class Sigaction(Packed):
    """The kernel's struct sigaction of x86-64 (linux/signal_types.h); libc's has another order."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<QQQQ")
    size: ClassVar[int] = 32

    sa_handler: int
    sa_flags: int
    sa_restorer: int
    sa_mask: int


class SigSet(Packed):
    """The kernel's sigset_t: 64 bits, bit 0 being signal 1."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<Q")
    size: ClassVar[int] = 8

    mask: int


class StackT(Packed):
    """stack_t of sigaltstack(2)."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<QixxxxQ")
    size: ClassVar[int] = 24

    ss_sp: int
    ss_flags: int
    ss_size: int
