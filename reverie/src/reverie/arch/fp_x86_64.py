"""x86-64: the x87, SSE and AVX registers of a stopped thread, as XSAVE lays them out.

Source: Intel SDM, volume 1, 13.4 "XSAVE area"; NT_X86_XSTATE has it in the standard format.
"""

from math import ldexp
from struct import Struct
from typing import Final, Self

import msgspec

_LEGACY: Final = Struct("<HHBxHQQII")
_ST_AT: Final = 32
_XMM_AT: Final = 160
_FEATURES: Final = Struct("<Q")
_FEATURES_AT: Final = 512
_YMM_HIGH_AT: Final = 576
_AVX: Final = 1 << 2
_LEGACY_BYTES: Final = 512

_INFINITE: Final = 0x7FFF
_BIAS: Final = 16383


class FpRegisters(msgspec.Struct, frozen=True):
    """The floating-point and vector registers of a thread, read on access."""

    raw: bytes
    """All that the kernel has, AVX-512 and further too; where those lie, CPUID leaf 0xD says."""

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Take an XSAVE area, or only the 512 bytes of FXSAVE.

        Raises:
            ValueError: it is shorter.
        """
        if len(data) < _LEGACY_BYTES:
            raise ValueError(f"an FXSAVE area has {_LEGACY_BYTES} bytes, not {len(data)}")
        return cls(bytes(data))

    @property
    def control_word(self) -> int:
        """Of the x87 unit."""
        return int(_LEGACY.unpack_from(self.raw)[0])

    @property
    def status_word(self) -> int:
        """Of the x87 unit."""
        return int(_LEGACY.unpack_from(self.raw)[1])

    @property
    def mxcsr(self) -> int:
        """Control and status of SSE."""
        return int(_LEGACY.unpack_from(self.raw)[6])

    @property
    def st(self) -> tuple[float, ...]:
        """The x87 stack from its top, rounded to Python's floats; ``st_raw`` has all bits."""
        return tuple(_to_float(piece) for piece in self.st_raw)

    @property
    def st_raw(self) -> tuple[bytes, ...]:
        """The x87 stack from its top: ten bytes each."""
        return tuple(self.raw[start : start + 10] for start in range(_ST_AT, _ST_AT + 8 * 16, 16))

    @property
    def xmm(self) -> tuple[int, ...]:
        """xmm0 to xmm15: 128-bit words."""
        return _words(self.raw, _XMM_AT)

    @property
    def ymm(self) -> tuple[int, ...]:
        """ymm0 to ymm15: 256-bit words. Upper halves are 0 where AVX is not in use, or not there."""
        if len(self.raw) < _YMM_HIGH_AT + 16 * 16 or not _FEATURES.unpack_from(self.raw, _FEATURES_AT)[0] & _AVX:
            return self.xmm
        high = _words(self.raw, _YMM_HIGH_AT)
        return tuple(low | upper << 128 for low, upper in zip(self.xmm, high, strict=True))


def _words(data: bytes, start: int) -> tuple[int, ...]:
    return tuple(int.from_bytes(data[at : at + 16], "little") for at in range(start, start + 16 * 16, 16))


def _to_float(data: bytes) -> float:
    """Round an 80-bit value: 64 bits of mantissa with the leading one, 15 of exponent, a sign."""
    mantissa = int.from_bytes(data[:8], "little")
    head = int.from_bytes(data[8:], "little")
    sign, exponent = -1.0 if head & 0x8000 else 1.0, head & 0x7FFF
    if exponent == _INFINITE:
        return sign * (float("inf") if mantissa << 1 & (1 << 64) - 1 == 0 else float("nan"))
    try:
        return sign * ldexp(mantissa, exponent - _BIAS - 63)
    except OverflowError:
        return sign * float("inf")


__all__ = ["FpRegisters"]
