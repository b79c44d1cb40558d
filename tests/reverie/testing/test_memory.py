"""FakeMemory is memory: pages, protections, holes; and the helpers that put data at page borders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reverie.testing import FakeMemory, Protection
from reverie.testing.memory import PAGE_BYTES
from reverie_syscalls import Errno, MemoryFault, read_cstring
from reverie_syscalls.args.pointers import PathPointer

BASE = 0x40_0000


def test_nothing_is_mapped_at_first() -> None:
    memory = FakeMemory()
    assert memory.read_some(BASE, 1) == b""
    with pytest.raises(MemoryFault) as caught:
        memory.read(BASE, 1)
    assert (caught.value.address, caught.value.errno) == (BASE, Errno.EFAULT)


def test_a_mapped_page_is_zero_and_keeps_what_is_written() -> None:
    memory = FakeMemory()
    assert memory.map(BASE, PAGE_BYTES) == BASE
    assert memory.read(BASE, PAGE_BYTES) == bytes(PAGE_BYTES)
    memory.write(BASE + 7, b"seven")
    assert memory.read(BASE + 6, 7) == b"\0seven\0"


def test_reads_and_writes_go_across_the_border_of_two_pages() -> None:
    memory = FakeMemory()
    memory.map(BASE, 3 * PAGE_BYTES)
    data = bytes(range(256)) * 32
    memory.write(BASE + 100, data)
    assert memory.read(BASE + 100, len(data)) == data


def test_a_read_into_a_hole_is_cut_or_faults_at_the_hole() -> None:
    memory = FakeMemory()
    memory.map(BASE, PAGE_BYTES)
    end = BASE + PAGE_BYTES
    assert memory.read_some(end - 3, 10) == bytes(3)
    assert memory.read(end - 3, 3) == bytes(3)
    with pytest.raises(MemoryFault) as caught:
        memory.read(end - 3, 4)
    assert caught.value.address == end


def test_a_write_into_a_hole_faults_and_leaves_what_came_before() -> None:
    memory = FakeMemory()
    memory.map(BASE, PAGE_BYTES)
    end = BASE + PAGE_BYTES
    with pytest.raises(MemoryFault) as caught:
        memory.write(end - 2, b"abc")
    assert caught.value.address == end
    assert memory.read(end - 2, 2) == b"ab"


def test_protections_are_respected_page_by_page() -> None:
    memory = FakeMemory()
    memory.map(BASE, PAGE_BYTES, Protection.READ)
    memory.map(BASE + PAGE_BYTES, PAGE_BYTES, Protection.WRITE)
    assert memory.read_some(BASE + PAGE_BYTES - 1, 2) == b"\0"
    with pytest.raises(MemoryFault):
        memory.write(BASE, b"x")
    memory.write(BASE + PAGE_BYTES, b"y")
    memory.protect(BASE + PAGE_BYTES, PAGE_BYTES, Protection(0))
    with pytest.raises(MemoryFault):
        memory.write(BASE + PAGE_BYTES, b"z")
    memory.protect(BASE, 2 * PAGE_BYTES, Protection.READ)
    assert memory.read(BASE + PAGE_BYTES - 1, 2) == b"\0y"


def test_unmapping_makes_a_hole_and_mapping_again_makes_zeroes() -> None:
    memory = FakeMemory()
    memory.map(BASE, 3 * PAGE_BYTES)
    memory.write(BASE + PAGE_BYTES, b"gone")
    memory.unmap(BASE + PAGE_BYTES, PAGE_BYTES)
    assert len(memory.read_some(BASE, 3 * PAGE_BYTES)) == PAGE_BYTES
    memory.map(BASE + PAGE_BYTES, PAGE_BYTES)
    assert memory.read(BASE + PAGE_BYTES, 4) == bytes(4)


@pytest.mark.parametrize(
    ("address", "length"),
    [(BASE + 1, PAGE_BYTES), (BASE, 1), (BASE, 0), (-PAGE_BYTES, PAGE_BYTES), ((1 << 64) - PAGE_BYTES, 2 * PAGE_BYTES)],
)
def test_only_whole_pages_within_64_bits_can_be_mapped(address: int, length: int) -> None:
    with pytest.raises(ValueError, match="are no pages"):
        FakeMemory().map(address, length)


def test_what_is_not_mapped_cannot_be_protected() -> None:
    memory = FakeMemory()
    memory.map(BASE, PAGE_BYTES)
    with pytest.raises(ValueError, match="map it first"):
        memory.protect(BASE, 2 * PAGE_BYTES, Protection(0))
    assert memory.read(BASE, 1) == b"\0"


@pytest.mark.parametrize("address", [-1, 0, (1 << 64) - 1, 1 << 64, 1 << 80])
@pytest.mark.parametrize("length", [0, 1, 1 << 63])
def test_no_address_and_no_length_does_more_than_fault(address: int, length: int) -> None:
    memory = FakeMemory()
    assert memory.read_some(address, length) == b""
    assert memory.read(address, 0) == b""
    assert memory.read(address, -1) == b""


def test_the_last_page_of_all_can_be_used() -> None:
    memory = FakeMemory()
    memory.map((1 << 64) - PAGE_BYTES, PAGE_BYTES)
    memory.write((1 << 64) - 1, b"!")
    assert memory.read_some((1 << 64) - 1, 2) == b"!"


@given(st.lists(st.binary(max_size=3 * PAGE_BYTES), max_size=5))
def test_what_is_placed_starts_a_page_and_a_hole_follows(parts: list[bytes]) -> None:
    memory = FakeMemory()
    for data, address in [(data, memory.place(data)) for data in parts]:
        assert address % PAGE_BYTES == 0
        assert memory.read(address, len(data)) == data
        mapped = memory.read_some(address, len(data) + 2 * PAGE_BYTES)
        assert mapped == data.ljust(len(mapped), b"\0")
        assert len(mapped) - len(data) <= PAGE_BYTES


@given(st.lists(st.binary(max_size=3 * PAGE_BYTES), max_size=5))
def test_what_is_placed_before_a_hole_ends_at_it(parts: list[bytes]) -> None:
    memory = FakeMemory()
    for data, address in [(data, memory.place_before_hole(data)) for data in parts]:
        assert memory.read_some(address, len(data) + 1) == data
        assert (address + len(data)) % PAGE_BYTES == 0


def test_placing_avoids_what_is_mapped_already() -> None:
    memory = FakeMemory()
    first = memory.place(b"first")
    memory.map(first + 2 * PAGE_BYTES, PAGE_BYTES)
    memory.write(first + 2 * PAGE_BYTES, b"by hand")
    second = memory.place(b"second")
    assert memory.read(first + 2 * PAGE_BYTES, 7) == b"by hand"
    assert memory.read(second, 6) == b"second"
    assert memory.read_some(first + PAGE_BYTES, 1) == b""


def test_data_can_be_placed_in_memory_that_the_guest_may_not_write() -> None:
    memory = FakeMemory()
    address = memory.place(b"constant", Protection.READ)
    assert memory.read(address, 8) == b"constant"
    with pytest.raises(MemoryFault):
        memory.write(address, b"x")


def test_readers_of_strings_work_on_it_up_to_the_last_byte() -> None:
    memory = FakeMemory()
    assert PathPointer(memory.place_before_hole(b"/etc/passwd\0")).read(memory) == "/etc/passwd"
    with pytest.raises(MemoryFault):
        read_cstring(memory, memory.place_before_hole(b"no end"))
