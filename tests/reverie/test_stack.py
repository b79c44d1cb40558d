"""Room on the guest's stack."""

import pytest

from reverie import ReverieError
from reverie.arch.x86_64 import RED_ZONE_BYTES
from reverie.stack import ALIGNMENT, CAPACITY_BYTES, StackRoom
from reverie.testing import FakeMemory
from reverie_syscalls import MemoryFault

TOP = 0x7FFF_0000_8000


def memory() -> FakeMemory:
    found = FakeMemory()
    found.map(TOP - 0x4000, 0x4000)
    return found


def test_pieces_lie_below_the_red_zone_aligned_and_apart() -> None:
    fake = memory()
    with StackRoom(fake, TOP - 8) as stack:
        first, second, third = stack.push(b"abc"), stack.push(b"d" * 20), stack.reserve(5)
        assert first + 3 <= TOP - 8 - RED_ZONE_BYTES
        assert first >= second + 20
        assert second >= third + 5
        assert all(address % ALIGNMENT == 0 for address in (first, second, third))
        assert stack.size == TOP - 16 - RED_ZONE_BYTES - third
    assert fake.read(first, 3) == b"abc"
    assert fake.read(second, 20) == b"d" * 20
    assert fake.read(third, 5) == bytes(5)


def test_it_gives_no_more_than_its_capacity_and_nothing_after_its_block() -> None:
    room = StackRoom(memory(), TOP)
    with room as stack:
        stack.reserve(CAPACITY_BYTES - ALIGNMENT)
        stack.reserve(ALIGNMENT)
        with pytest.raises(ReverieError, match="do not fit"):
            stack.push(b"x")
    with pytest.raises(ReverieError, match="given back"):
        room.push(b"x")


def test_a_stack_that_does_not_reach_so_far_is_a_fault() -> None:
    fake = FakeMemory()
    fake.map(TOP - 4096, 4096)
    with StackRoom(fake, TOP) as stack, pytest.raises(MemoryFault):
        stack.reserve(5000)
