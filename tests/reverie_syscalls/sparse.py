"""A guest memory made of pieces, for tests: what is not a piece is not readable."""

from collections.abc import Mapping

from reverie_syscalls import MemoryFault


class SparseMemory:
    """Implements the `Memory` protocol over a few byte strings, and counts what is read."""

    def __init__(self, pieces: Mapping[int, bytes] | None = None) -> None:
        self.pieces = {address: bytearray(data) for address, data in (pieces or {}).items()}
        self.reads: list[tuple[int, int]] = []

    def read(self, address: int, length: int) -> bytes:
        """Return exactly `length` bytes."""
        data = self.read_some(address, length)
        if len(data) < length:
            raise MemoryFault(address + len(data))
        return data

    def read_some(self, address: int, length: int) -> bytes:
        """Return what is readable."""
        self.reads.append((address, length))
        for start, data in self.pieces.items():
            if start <= address < start + len(data):
                return bytes(data[address - start : address - start + length])
        return b""

    def write(self, address: int, data: bytes) -> None:
        """Replace bytes inside one piece."""
        for start, piece in self.pieces.items():
            if start <= address and address + len(data) <= start + len(piece):
                piece[address - start : address - start + len(data)] = data
                return
        raise MemoryFault(address)
