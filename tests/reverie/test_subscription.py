"""Subscriptions are sets of calls and instructions: named, combined, taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reverie import Instruction, Subscription
from reverie.subscription import NEVER_TOLD, ON_REQUEST
from reverie_syscalls import Sysno, family

subscriptions = st.builds(
    Subscription,
    st.frozensets(st.sampled_from(Sysno), max_size=20),
    st.booleans(),
    st.sampled_from([Instruction(0), *Instruction, Instruction.CPUID | Instruction.RDTSC]),
)
events = st.sampled_from([*Sysno, *Instruction])


def test_none_is_empty_and_false() -> None:
    nothing = Subscription.none()
    assert not nothing
    assert list(nothing) == []
    assert Sysno.read not in nothing
    assert Instruction.CPUID not in nothing


def test_all_syscalls_means_also_those_without_a_name_and_no_instruction() -> None:
    wanted = Subscription.all_syscalls()
    assert set(wanted) == set(Sysno) - NEVER_TOLD - ON_REQUEST
    assert wanted.everything_else
    assert Instruction.CPUID not in wanted


def test_all_is_every_call_and_every_instruction() -> None:
    assert Subscription.all() == Subscription.all_syscalls() | Subscription.cpuid() | Subscription.rdtsc()


def test_an_instruction_alone_is_something_to_want() -> None:
    assert Subscription.cpuid()
    assert Instruction.CPUID in Subscription.cpuid()
    assert Instruction.RDTSC not in Subscription.cpuid()
    assert Instruction.RDTSC in Subscription.rdtsc()


def test_calls_are_named_by_member_by_name_and_by_family() -> None:
    wanted = Subscription.of(Sysno.read, "openat", "%network")
    assert set(wanted) == {Sysno.read, Sysno.openat} | set(family("network"))
    assert not wanted.everything_else


def test_they_come_in_the_order_of_their_numbers() -> None:
    assert list(Subscription.of("close", "read", "open")) == [Sysno.read, Sysno.open, Sysno.close]


@pytest.mark.parametrize(("name", "nearest"), [("opnat", "openat"), ("%netwrk", "network"), ("raed", "read")])
def test_a_name_that_does_not_exist_is_answered_with_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(ValueError, match=nearest):
        Subscription.of(name)


@pytest.mark.parametrize("name", ["", "%", "READ", "read ", "nothing_like_it"])
def test_what_names_nothing_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        Subscription.of(name)


@pytest.mark.parametrize("other", ["read", 0, None])
def test_what_is_no_event_is_not_in_it(other: object) -> None:
    assert other not in Subscription.all()


@given(subscriptions, subscriptions, events)
def test_a_union_has_what_either_has(a: Subscription, b: Subscription, event: Sysno | Instruction) -> None:
    assert (event in (a | b)) == (event in a or event in b)
    assert (a | b).everything_else == (a.everything_else or b.everything_else)
    assert a | b == b | a
    assert a | a == a == a | Subscription.none()


@given(subscriptions, subscriptions, events)
def test_a_difference_has_what_only_the_first_has(a: Subscription, b: Subscription, event: Sysno | Instruction) -> None:
    assert (event in (a - b)) == (event in a and event not in b)
    assert (a - b).everything_else == (a.everything_else and not b.everything_else)
    assert not a - a
    assert (a - b) | b == a | b


def test_taking_some_calls_away_from_all_keeps_those_without_a_name() -> None:
    assert (Subscription.all_syscalls() - Subscription.of("read")).everything_else
    assert not (Subscription.of("read") - Subscription.all_syscalls()).syscalls


def test_a_subscription_is_a_value() -> None:
    assert Subscription.of("read", "write") == Subscription.of("write") | Subscription.of("read")
    assert len({Subscription.of("read"), Subscription.of(Sysno.read)}) == 1
    with pytest.raises(AttributeError):
        Subscription.none().syscalls = frozenset()  # type: ignore[misc]  # that is the test
