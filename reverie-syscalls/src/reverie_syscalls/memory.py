"""Another process's memory: addresses, the `Memory` protocol, and reads that stay within bounds.

Every address, length and count here comes from the guest, which may be hostile or merely broken:
a string may have no end and a length may be 2**63. So each read has a limit, works in steps of a page,
and fails only with `MemoryFault`. Where the bytes come from is the business of a backend.
"""

from typing import NewType, Protocol

from .abi import PAGE_SIZE, WORD_MASK
from .errnos import Errno, SyscallError

Address = NewType("Address", int)
"""A virtual address in the guest."""

PATH_MAX = 4096
"""What the kernel itself accepts as a path, terminating NUL included (linux/limits.h)."""

POINTER_SIZE = 8

_SHORT = 256
"""Nearly all paths are shorter than that. per stop: one read, and no more copied than is looked at."""


class MemoryFault(SyscallError):
    """The guest has no such memory, or may not use it that way. Left uncaught it becomes the guest's EFAULT."""

    def __init__(self, address: int) -> None:
        super().__init__(Errno.EFAULT)
        self.address = Address(address)

    def __str__(self) -> str:
        return f"cannot access guest memory at {self.address:#x}: {self.errno.name}"

    def __reduce__(self) -> tuple[type["MemoryFault"], tuple[int]]:
        return type(self), (self.address,)


class Memory(Protocol):
    """Guest memory, as a backend offers it."""

    def read(self, address: int, length: int) -> bytes:
        """Return exactly `length` bytes, or raise `MemoryFault`."""
        ...

    def read_some(self, address: int, length: int) -> bytes:
        """Return as many bytes as are readable from `address` on, at most `length`; perhaps none."""
        ...

    def write(self, address: int, data: bytes) -> None:
        """Write all of `data`, or raise `MemoryFault`."""
        ...


def read_cstring(memory: Memory, address: int, limit: int = PATH_MAX) -> tuple[bytes, bool]:
    """Return the bytes up to the NUL, at most `limit` of them, and whether the NUL was found.

    Raises:
        MemoryFault: unreadable memory comes before the NUL and before the limit.
    """
    step = min(limit, _SHORT, _left_in_page(address))
    chunk = memory.read_some(address & WORD_MASK, step)
    end = chunk.find(0)
    if end >= 0:
        return chunk[:end], True
    if len(chunk) < step:
        raise MemoryFault(address + len(chunk))
    found = bytearray(chunk)
    address += step
    while len(found) < limit:
        step = min(limit - len(found), _left_in_page(address))
        chunk = memory.read_some(address & WORD_MASK, step)
        end = chunk.find(0)
        if end >= 0:
            return bytes(found + chunk[:end]), True
        found += chunk
        if len(chunk) < step:
            raise MemoryFault(address + len(chunk))
        address += step
    return bytes(found), False


def read_words(memory: Memory, address: int, limit: int) -> tuple[list[int], bool]:
    """Return the pointers of a NULL-terminated vector, at most `limit`, and whether its end was found.

    Raises:
        MemoryFault: unreadable memory comes before the terminating NULL and before the limit.
    """
    found: list[int] = []
    while len(found) < limit:
        step = max(POINTER_SIZE, min((limit - len(found)) * POINTER_SIZE, _left_in_page(address)))
        step -= step % POINTER_SIZE
        chunk = memory.read_some(address & WORD_MASK, step)
        for start in range(0, len(chunk) - POINTER_SIZE + 1, POINTER_SIZE):
            pointer = int.from_bytes(chunk[start : start + POINTER_SIZE], "little")
            if pointer == 0:
                return found, True
            found.append(pointer)
        if len(chunk) < step:
            raise MemoryFault(address + len(chunk))
        address += step
    return found, False


def _left_in_page(address: int) -> int:
    return PAGE_SIZE - address % PAGE_SIZE
