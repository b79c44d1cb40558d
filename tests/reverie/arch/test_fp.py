"""Floating-point registers from bytes."""

import math
import struct

import pytest

from reverie.arch import fp_aarch64, fp_x86_64

HALF = (1 << 63).to_bytes(8, "little") + (16382).to_bytes(2, "little")
MINUS_TWO_AND_A_HALF = (0b101 << 61).to_bytes(8, "little") + (0x8000 | 16384).to_bytes(2, "little")
INFINITE = (1 << 63).to_bytes(8, "little") + (0xFFFF).to_bytes(2, "little")
NOT_A_NUMBER = (3 << 62).to_bytes(8, "little") + (0x7FFF).to_bytes(2, "little")
TOO_LARGE = (1 << 63).to_bytes(8, "little") + (0x7FFE).to_bytes(2, "little")
TINY = (1).to_bytes(10, "little")


def area(features: int = 7, size: int = 832) -> bytearray:
    data = bytearray(size)
    data[0:4] = struct.pack("<HH", 0x37F, 0x3800)
    data[24:28] = (0x1F80).to_bytes(4, "little")
    for index, piece in enumerate((HALF, MINUS_TWO_AND_A_HALF, INFINITE, NOT_A_NUMBER, TOO_LARGE, TINY)):
        data[32 + 16 * index : 42 + 16 * index] = piece
    for index in range(16):
        data[160 + 16 * index : 176 + 16 * index] = (index + 1).to_bytes(16, "little")
    if size > 512:
        data[512:520] = features.to_bytes(8, "little")
        for index in range(16):
            data[576 + 16 * index : 592 + 16 * index] = (100 + index).to_bytes(16, "little")
    return data


def test_the_x87_stack_is_rounded_to_floats() -> None:
    st = fp_x86_64.FpRegisters.from_bytes(area()).st
    assert st[0] == 0.5
    assert st[1] == -2.5
    assert st[2] == -math.inf
    assert math.isnan(st[3])
    assert st[4] == math.inf
    assert st[5] == 0.0
    assert len(st) == 8


def test_control_words_and_vectors() -> None:
    registers = fp_x86_64.FpRegisters.from_bytes(area())
    assert (registers.control_word, registers.status_word, registers.mxcsr) == (0x37F, 0x3800, 0x1F80)
    assert registers.xmm == tuple(range(1, 17))
    assert registers.ymm[3] == 4 | 103 << 128


def test_without_avx_in_use_the_upper_halves_are_zero() -> None:
    assert fp_x86_64.FpRegisters.from_bytes(area(features=3)).ymm == tuple(range(1, 17))
    assert fp_x86_64.FpRegisters.from_bytes(area(size=512)).ymm == tuple(range(1, 17))


def test_vectors_and_status_of_aarch64() -> None:
    data = b"".join((index << 64 | 1).to_bytes(16, "little") for index in range(32)) + struct.pack("<II8x", 5, 6)
    registers = fp_aarch64.FpRegisters.from_bytes(data)
    assert registers.v[31] == 31 << 64 | 1
    assert (registers.fpsr, registers.fpcr) == (5, 6)


def test_too_few_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="512 bytes, not 3"):
        fp_x86_64.FpRegisters.from_bytes(b"abc")
    with pytest.raises(ValueError, match="520 bytes, not 3"):
        fp_aarch64.FpRegisters.from_bytes(b"abc")
