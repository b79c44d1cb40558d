"""How C integers sit in a register: width, sign, and values split over two registers.

A register is kept everywhere in this package as an unsigned 64-bit int, called a word.
Which register carries which argument belongs to `reverie.arch`, not here.
"""

from typing import SupportsIndex

WORD_MASK = 0xFFFF_FFFF_FFFF_FFFF
PAGE_SIZE = 4096  # the smallest page of every architecture we serve; larger pages are multiples of it


def word(value: SupportsIndex) -> int:
    """Return any integer, negative ones included, as the word the kernel would be given."""
    return value.__index__() & WORD_MASK


def int32(word: int) -> int:
    """Read the low half of a word as a C `int`; the kernel ignores the upper half of such arguments."""
    word &= 0xFFFF_FFFF
    return word - 0x1_0000_0000 if word & 0x8000_0000 else word


def uint32(word: int) -> int:
    """Read the low half of a word as a C `unsigned int`."""
    return word & 0xFFFF_FFFF


def int64(word: int) -> int:
    """Read a word as a C `long`."""
    word &= WORD_MASK
    return word - 0x1_0000_0000_0000_0000 if word & 0x8000_0000_0000_0000 else word


def join(low: int, high: int) -> int:
    """Join a 64-bit value that a 32-bit convention passes in two registers."""
    return uint32(low) | uint32(high) << 32


def split(value: SupportsIndex) -> tuple[int, int]:
    """Split a value into its low and its high 32 bits; the inverse of `join`."""
    value = word(value)
    return uint32(value), value >> 32
