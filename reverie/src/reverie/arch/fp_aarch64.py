"""aarch64: the floating-point and vector registers of a stopped thread, ``struct user_fpsimd_state``, asm/ptrace.h."""

from struct import Struct
from typing import Final, Self

import msgspec

_TAIL: Final = Struct("<II")
_V_BYTES: Final = 32 * 16


class FpRegisters(msgspec.Struct, frozen=True):
    """The floating-point and vector registers of a thread, read on access."""

    raw: bytes

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Take what NT_PRFPREG has.

        Raises:
            ValueError: it is shorter.
        """
        if len(data) < _V_BYTES + _TAIL.size:
            raise ValueError(f"the registers have {_V_BYTES + _TAIL.size} bytes, not {len(data)}")
        return cls(bytes(data))

    @property
    def v(self) -> tuple[int, ...]:
        """v0 to v31: 128-bit words."""
        return tuple(int.from_bytes(self.raw[at : at + 16], "little") for at in range(0, _V_BYTES, 16))

    @property
    def fpsr(self) -> int:
        """The status register."""
        return int(_TAIL.unpack_from(self.raw, _V_BYTES)[0])

    @property
    def fpcr(self) -> int:
        """The control register."""
        return int(_TAIL.unpack_from(self.raw, _V_BYTES)[1])


__all__ = ["FpRegisters"]
