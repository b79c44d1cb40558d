"""The base of all structs: a fixed C layout, to and from bytes.

Layouts are those of 64-bit little-endian Linux, the same on x86-64 and aarch64 unless a struct says
otherwise. Padding is written as zero.
"""

from struct import Struct
from typing import ClassVar, Self, dataclass_transform

from ..record import Record


@dataclass_transform(frozen_default=True)
class Packed(Record):
    """A struct whose fields are, in order, the items of `codec`."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("")
    size: ClassVar[int] = 0

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Make the struct from at least `size` bytes; further bytes are ignored.

        Raises:
            ValueError: there are fewer.
        """
        if len(data) < cls.size:
            raise ValueError(f"{cls.__name__} has {cls.size} bytes, not {len(data)}")
        return tuple.__new__(cls, cls.codec.unpack_from(data))

    def to_bytes(self) -> bytes:
        """Return the `size` bytes the kernel would see.

        Raises:
            struct.error: a field does not fit its width.
        """
        return self.codec.pack(*self)
