"""into_guest: everything is the outer guest's but the thread's state."""

from dataclasses import dataclass

import pytest

from reverie import NoGlobal, ReverieError, into_guest
from reverie.testing import FakeGuest
from reverie_syscalls import Getpid

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Outer:
    inner: int
    rest: str = "kept"


def outer_guest() -> FakeGuest[NoGlobal, Outer]:
    return FakeGuest(NoGlobal(None), Outer(1), results=[7], tid=5, pid=4, ppid=3)


async def test_the_guest_is_the_same() -> None:
    guest = outer_guest()
    part = into_guest(guest, lambda state: state.inner)
    assert (part.tid, part.pid, part.ppid, part.is_main_thread) == (5, 4, 3, False)
    assert await part.inject(Getpid()) == 7
    assert guest.injected == [Getpid()]
    assert part.memory is guest.memory


def test_the_state_is_the_part_as_it_is_now() -> None:
    guest = outer_guest()
    part = into_guest(guest, lambda state: state.inner)
    assert part.thread_state == 1
    guest.thread_state = Outer(2)
    assert part.thread_state == 2


def test_a_state_that_is_assigned_goes_into_the_outer_one() -> None:
    guest = outer_guest()
    part = into_guest(guest, lambda state: state.inner, lambda state, inner: Outer(inner, state.rest))
    part.thread_state = 9
    assert guest.thread_state == Outer(9, "kept")


def test_without_a_way_to_store_it_an_assignment_says_what_is_missing() -> None:
    part = into_guest(outer_guest(), lambda state: state.inner)
    with pytest.raises(ReverieError, match="into_guest needs its third argument"):
        part.thread_state = 9


def test_parts_of_parts() -> None:
    guest = outer_guest()
    part = into_guest(into_guest(guest, lambda state: state.rest), lambda rest: rest[0])
    assert part.thread_state == "k"
    assert part.tid == 5
