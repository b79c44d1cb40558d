"""Pointers read what they lead to, and NULL is a pointer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reverie_syscalls import Execve, MemoryFault, Read, Stat
from reverie_syscalls.args.pointers import (
    ArrayPointer,
    BufferPointer,
    CStringPointer,
    IntPointer,
    PathPointer,
    Pointer,
    StringVectorPointer,
    StructPointer,
)
from reverie_syscalls.args.structs import Iovec, Timespec
from tests.reverie_syscalls.sparse import SparseMemory


def test_null_is_falsy_and_never_none() -> None:
    call = Read(0, 0, 10)
    assert not call.buf
    assert call.buf == 0
    assert Read(0, 0x1000, 10).buf
    with pytest.raises(MemoryFault):
        call.buf.read(SparseMemory(), 1)


def test_a_pointer_is_an_address() -> None:
    pointer = PathPointer(0x1234)
    assert (pointer.address, int(pointer), hex(pointer)) == (0x1234, 0x1234, "0x1234")
    assert pointer == PathPointer(0x1234)
    assert pointer != BufferPointer(0x1234)
    assert len({pointer, PathPointer(0x1234)}) == 1
    assert repr(pointer) == "PathPointer(0x1234)"


def test_pointers_can_be_given_to_constructors() -> None:
    assert Stat(PathPointer(16), StructPointer(32, "Stat")).words == (16, 32, 0, 0, 0, 0)


def test_paths_and_strings() -> None:
    memory = SparseMemory({0x1000: b"/tmp/\xff\0"})
    assert PathPointer(0x1000).read(memory) == "/tmp/\udcff"
    assert CStringPointer(0x1000).read(memory) == b"/tmp/\xff"
    assert CStringPointer(0x1000).read(memory, limit=2) == b"/t"


def test_argument_vectors() -> None:
    vector = b"".join(address.to_bytes(8, "little") for address in (0x1000, 0x1003, 0))
    memory = SparseMemory({0x1000: b"ls\0-l\0", 0x2000: vector})
    call = Execve(0x1000, 0x2000, 0)
    assert isinstance(call.argv, StringVectorPointer)
    assert call.argv.read(memory) == [b"ls", b"-l"]
    assert call.argv.addresses(memory, limit=1) == [CStringPointer(0x1000)]


@given(st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31), 2**31 - 1))
def test_integers(first: int, second: int) -> None:
    memory = SparseMemory({0x1000: bytes(16)})
    IntPointer(0x1000).write(memory, first)
    IntPointer(0x1004).write(memory, second)
    assert IntPointer(0x1000).read_many(memory, 2) == [first, second]
    assert IntPointer(0x1004).read(memory) == second
    assert IntPointer(0x1004, 4, signed=False).read(memory) == second % 2**32


def test_structs_and_arrays() -> None:
    memory = SparseMemory({0x1000: bytes(64)})
    pointer: StructPointer[Timespec] = StructPointer(0x1000, Timespec)
    pointer.write(memory, Timespec(1, -2))
    assert pointer.read(memory) == Timespec(1, -2)
    assert StructPointer[Timespec](0x1000, "Timespec").read(memory) == Timespec(1, -2)
    array: ArrayPointer[Iovec] = ArrayPointer(0x1000, Iovec)
    assert array.read_many(memory, 2) == [Iovec(1, 2**64 - 2), Iovec(0, 0)]
    assert array.read_many(memory, 0) == []


def test_a_buffer_is_read_and_written() -> None:
    memory = SparseMemory({0x1000: b"hello"})
    BufferPointer(0x1000).write(memory, b"J")
    assert BufferPointer(0x1000).read(memory, 5) == b"Jello"
    with pytest.raises(MemoryFault):
        BufferPointer(0x1000).read(memory, 6)


@pytest.mark.parametrize("count", [2**63, 2**64 - 1, -1, -(2**63)])
def test_a_hostile_length_is_bounded(count: int) -> None:
    memory = SparseMemory()
    for read in (
        lambda: BufferPointer(0x1000).read(memory, count),
        lambda: IntPointer(0x1000).read_many(memory, count),
        lambda: ArrayPointer[Iovec](0x1000, Iovec).read_many(memory, count),
    ):
        try:
            assert len(read()) == 0
        except MemoryFault as fault:
            assert fault.address == 0x1000
    assert all(0 <= length <= 2**31 for _, length in memory.reads)


def test_a_plain_pointer_knows_nothing_but_its_address() -> None:
    assert not hasattr(Pointer(1), "read")
