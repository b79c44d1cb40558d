"""The auxiliary vector: what the kernel tells a program at its start. A value; no I/O here.

Source: getauxval(3); the keys are AT_*, linux/auxvec.h.
"""

import struct
from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Final, Self

from reverie_syscalls import Address

_PAIR: Final = struct.Struct("=QQ")


class AuxKey(IntEnum):
    """AT_*, as far as x86-64 has them."""

    NULL = 0
    EXECFD = 2
    PHDR = 3
    PHENT = 4
    PHNUM = 5
    PAGESZ = 6
    BASE = 7
    FLAGS = 8
    ENTRY = 9
    UID = 11
    EUID = 12
    GID = 13
    EGID = 14
    PLATFORM = 15
    HWCAP = 16
    CLKTCK = 17
    SECURE = 23
    RANDOM = 25
    HWCAP2 = 26
    RSEQ_FEATURE_SIZE = 27
    RSEQ_ALIGN = 28
    EXECFN = 31
    SYSINFO_EHDR = 33
    MINSIGSTKSZ = 51


class Auxv(Mapping[int, int]):
    """The vector as a mapping from key to value. To change what an address in it points to
    makes sense in ``handle_post_exec``: the C library reads it once, soon after."""

    def __init__(self, entries: Mapping[int, int]) -> None:
        self._entries = dict(entries)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read pairs of 64-bit words up to AT_NULL, or to the end of the data."""
        entries: dict[int, int] = {}
        for key, value in _PAIR.iter_unpack(data[: len(data) - len(data) % _PAIR.size]):
            if key == AuxKey.NULL:
                break
            entries[key] = value
        return cls(entries)

    def __getitem__(self, key: int) -> int:
        return self._entries[key]

    def __iter__(self) -> Iterator[int]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def address(self, key: AuxKey) -> Address | None:
        """Return an entry that is an address; None when it is missing or 0."""
        value = self._entries.get(key, 0)
        return Address(value) if value else None

    @property
    def random(self) -> Address | None:
        """Where the 16 random bytes are that the C library seeds its stack protector with."""
        return self.address(AuxKey.RANDOM)

    @property
    def vdso(self) -> Address | None:
        """Where the vDSO begins, an ELF file in memory."""
        return self.address(AuxKey.SYSINFO_EHDR)

    @property
    def entry(self) -> Address | None:
        """The program's own entry point, not its loader's."""
        return self.address(AuxKey.ENTRY)

    def __repr__(self) -> str:
        return "Auxv(" + ", ".join(f"{_name(key)}={value:#x}" for key, value in self._entries.items()) + ")"


def _name(key: int) -> str:
    try:
        return AuxKey(key).name
    except ValueError:
        return str(key)


__all__ = ["AuxKey", "Auxv"]
