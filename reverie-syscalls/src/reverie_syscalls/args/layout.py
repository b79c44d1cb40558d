"""What every struct offers, and how a struct is found by its name.

Pointers need to know that a struct has a size and can be made from bytes, not which structs there are.
"""

from functools import cache
from typing import Any, ClassVar, Protocol, Self


class Layout(Protocol):
    """A C struct as a value: fixed size, made from bytes, turned into bytes."""

    size: ClassVar[int]

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Make the struct from at least `size` bytes."""
        ...

    def to_bytes(self) -> bytes:
        """Return the `size` bytes the kernel would see."""
        ...


@cache
def find_layout(name: str) -> Any:
    """Return the class of this name in `args.structs`, which is loaded when first needed."""
    from . import structs

    return getattr(structs, name)
