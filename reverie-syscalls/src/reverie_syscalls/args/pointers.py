"""Pointers to guest memory, typed by what they lead to.

A pointer is an address and nothing else; it reads when asked and from the memory it is given. NULL is a
pointer too, a falsy one, so that a handler may write `if call.statbuf:`. Lengths come from the caller,
because they come from other arguments; they are bounded here, because those are the guest's.
"""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from ..memory import PATH_MAX, Address, Memory, read_cstring, read_words
from .layout import Layout, find_layout

T = TypeVar("T", bound=Layout)

BUFFER_LIMIT: Final = 1 << 31
"""No call moves more at once: the kernel cuts transfers at 0x7ffff000 bytes (MAX_RW_COUNT)."""

STRING_LIMIT: Final = 32 * PATH_MAX
"""The longest single string execve(2) accepts (MAX_ARG_STRLEN)."""

VECTOR_LIMIT: Final = 1 << 16
"""More strings than that we do not read from one vector; execve(2) itself allows more."""


class Pointer:
    """A guest address; what is behind it only a subclass knows."""

    __slots__ = ("address",)

    address: Address

    def __init__(self, address: int) -> None:
        self.address = Address(address)

    def __index__(self) -> int:
        return self.address

    __int__ = __index__

    def __bool__(self) -> bool:
        return self.address != 0

    def __eq__(self, other: object) -> bool:
        """Compare addresses; a plain int counts as one, which makes patterns such as `addr=0` match NULL."""
        if isinstance(other, Pointer):
            return self.address == other.address and type(self) is type(other)
        return self.address == other if isinstance(other, int) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.address)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.address:#x})"


class CStringPointer(Pointer):
    """To a string that ends with NUL."""

    __slots__ = ()

    def read(self, memory: Memory, limit: int = STRING_LIMIT) -> bytes:
        """Return the bytes before the NUL, or the first `limit` of them.

        Raises:
            MemoryFault: NULL, or unreadable memory before the NUL.
        """
        return read_cstring(memory, self.address, limit)[0]


class PathPointer(Pointer):
    """To a path: a string that ends with NUL and has at most 4095 bytes."""

    __slots__ = ()

    def read(self, memory: Memory) -> str:
        """Return the path; bytes that are not UTF-8 become surrogates, as `os.fsdecode` does it.

        Raises:
            MemoryFault: NULL, or unreadable memory before the NUL.
        """
        return read_cstring(memory, self.address, PATH_MAX)[0].decode("utf-8", "surrogateescape")


class StringVectorPointer(Pointer):
    """To a NULL-terminated vector of string pointers, such as argv."""

    __slots__ = ()

    def addresses(self, memory: Memory, limit: int = VECTOR_LIMIT) -> list[CStringPointer]:
        """Return pointers to the strings, at most `limit` of them, without reading the strings."""
        return [CStringPointer(address) for address in read_words(memory, self.address, limit)[0]]

    def read(self, memory: Memory, limit: int = VECTOR_LIMIT) -> list[bytes]:
        """Return the strings, at most `limit` of them.

        Raises:
            MemoryFault: the vector or one of its strings is not readable.
        """
        return [string.read(memory) for string in self.addresses(memory, limit)]


class BufferPointer(Pointer):
    """To bytes whose number another argument, or the result, tells."""

    __slots__ = ()

    def read(self, memory: Memory, length: int) -> bytes:
        """Return exactly `length` bytes; a length the kernel itself would cut is cut."""
        return memory.read(self.address, max(0, min(length, BUFFER_LIMIT)))

    def write(self, memory: Memory, data: bytes) -> None:
        """Replace the bytes at the pointer by `data`."""
        memory.write(self.address, data)


class IntPointer(Pointer):
    """To one integer or several in a row, of a fixed width."""

    __slots__ = ("signed", "width")

    def __init__(self, address: int, width: int = 4, signed: bool = True) -> None:
        super().__init__(address)
        self.width = width
        self.signed = signed

    def read(self, memory: Memory) -> int:
        """Return the integer."""
        return int.from_bytes(memory.read(self.address, self.width), "little", signed=self.signed)

    def read_many(self, memory: Memory, count: int) -> list[int]:
        """Return `count` integers in a row, at most as many as fit a transfer."""
        return _each(
            memory.read(self.address, _span(count, self.width)),
            self.width,
            lambda item: int.from_bytes(item, "little", signed=self.signed),
        )

    def write(self, memory: Memory, value: int) -> None:
        """Store the integer, keeping as many low bits as fit."""
        mask = (1 << 8 * self.width) - 1
        memory.write(self.address, (value & mask).to_bytes(self.width, "little"))


class StructPointer(Pointer, Generic[T]):
    """To a struct, of which `layout` names the class in `args.structs`."""

    __slots__ = ("layout",)

    def __init__(self, address: int, layout: type[T] | str) -> None:
        super().__init__(address)
        self.layout: type[T] | str = layout

    def read(self, memory: Memory) -> T:
        """Return the struct as it is in memory now."""
        layout = self._resolve()
        return layout.from_bytes(memory.read(self.address, layout.size))

    def write(self, memory: Memory, value: T) -> None:
        """Store all of `value`, padding included."""
        memory.write(self.address, value.to_bytes())

    def _resolve(self) -> type[T]:
        layout = self.layout
        return find_layout(layout) if isinstance(layout, str) else layout


class ArrayPointer(StructPointer[T]):
    """To several structs in a row."""

    __slots__ = ()

    def read_many(self, memory: Memory, count: int) -> list[T]:
        """Return `count` structs, at most as many as fit a transfer."""
        layout = self._resolve()
        return _each(memory.read(self.address, _span(count, layout.size)), layout.size, layout.from_bytes)


V = TypeVar("V")


def _span(count: int, size: int) -> int:
    return max(0, min(count, BUFFER_LIMIT // size)) * size


def _each(data: bytes, size: int, make: Callable[[bytes], V]) -> list[V]:
    return [make(data[start : start + size]) for start in range(0, len(data), size)]
