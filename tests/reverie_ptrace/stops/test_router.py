"""Statuses find their tracee, also when they come before its birth was announced, and when exec gives its id away."""

from collections.abc import Generator
from typing import Any, Final

import pytest

from reverie_process import ExitStatus, Tid
from reverie_ptrace.kernel import requests
from reverie_ptrace.stopped import Stopped
from reverie_ptrace.stops.router import Router
from reverie_ptrace.stops.status import ExecStop, ExitStop, Gone, SeccompStop, SignalStop, Stop, TrapStop
from reverie_ptrace.tracee import Tracee

TRAP: Final = 5 << 8 | 0x7F
SECCOMP: Final = 7 << 16 | TRAP
EXEC: Final = 4 << 16 | TRAP
EXIT: Final = 6 << 16 | TRAP
NEWBORN: Final = 128 << 16 | TRAP
EXITED_3: Final = 3 << 8


class Kept:
    """A mailbox that keeps everything."""

    def __init__(self) -> None:
        self.pending: Stop | None = None
        self.awaited = True
        self.stops: list[Stop] = []

    def put(self, stop: Stop) -> None:
        self.stops.append(stop)

    def __await__(self) -> Generator[Any, None, Stop]:
        raise NotImplementedError


class Scope:
    """Stands for the cancel scope around a handler."""

    cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Promotions(list[Tracee]):
    """What the router told of tracees that took their leader's id over."""


@pytest.fixture
def promoted() -> Promotions:
    return Promotions()


@pytest.fixture
def router(promoted: Promotions) -> Router:
    return Router(promoted.append, lambda tid, dying: None, lambda tracee: None)


def tracee(tid: int) -> Tracee:
    return Tracee(Tid(tid), Kept(), Stopped(Tid(tid)), None)


def stops(of: Tracee) -> list[Stop]:
    assert isinstance(of.mailbox, Kept)
    return of.mailbox.stops


def test_a_status_goes_to_its_tracee_which_may_then_be_asked(router: Router) -> None:
    one, two = tracee(1), tracee(2)
    router.add(one)
    router.add(two)
    router.deliver(2, SECCOMP)
    assert (stops(one), stops(two)) == ([], [SeccompStop()])
    assert (one.stopped.spent, two.stopped.spent) == (True, False)


def test_a_status_that_comes_before_its_tracee_is_kept_for_it(router: Router) -> None:
    router.deliver(7, NEWBORN)
    newborn = tracee(7)
    router.add(newborn)
    assert stops(newborn) == [TrapStop()]
    assert newborn.stopped.spent is False


def test_statuses_that_come_before_their_tracee_are_kept_in_their_order(router: Router) -> None:
    # A sibling's exit_group can end a newborn before it ran: it is told of nothing but its end.
    router.deliver(7, EXIT)
    router.deliver(8, NEWBORN)
    router.deliver(7, EXITED_3)
    newborn = tracee(7)
    router.add(newborn)
    assert stops(newborn) == [ExitStop(), Gone(ExitStatus.exited(3))]
    assert newborn.dying


def test_what_is_forgotten_gets_nothing_more(router: Router) -> None:
    one = tracee(1)
    router.add(one)
    router.remove(one)
    assert router.tracees == {}
    router.remove(one)
    router.deliver(1, SECCOMP)
    assert stops(one) == []


def test_an_id_that_is_used_again_is_another_tracee_s(router: Router) -> None:
    first, second = tracee(1), tracee(1)
    router.add(first)
    router.remove(first)
    router.add(second)
    router.remove(first)
    router.deliver(1, SECCOMP)
    assert (stops(first), stops(second)) == ([], [SeccompStop()])


@pytest.mark.parametrize("status", [EXIT, EXITED_3])
@pytest.mark.parametrize("awaited", [True, False])
def test_an_end_drops_the_handler_that_waits_for_something_else(status: int, awaited: bool, router: Router) -> None:
    one, scope = tracee(1), Scope()
    one.scope = scope  # type: ignore[assignment]  # all that is used of it
    one.mailbox.awaited = awaited  # type: ignore[misc]  # ours can be set
    router.add(one)
    router.deliver(1, status)
    assert one.dying
    assert scope.cancelled is not awaited


def test_an_id_is_free_from_the_moment_that_its_end_is_told(router: Router) -> None:
    first, second = tracee(1), tracee(1)
    router.add(first)
    router.deliver(1, EXITED_3)
    router.deliver(1, NEWBORN)  # before its birth is announced
    assert stops(first) == [Gone(ExitStatus.exited(3))]
    router.add(second)
    assert stops(second) == [TrapStop()]


def test_after_the_end_nothing_may_be_asked(router: Router) -> None:
    one = tracee(1)
    router.add(one)
    router.deliver(1, SECCOMP)
    router.deliver(1, EXITED_3)
    assert one.stopped.spent


def test_an_exec_by_the_leader_stays_with_it(
    router: Router, promoted: Promotions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "geteventmsg", lambda tid: 1)
    leader = tracee(1)
    router.add(leader)
    router.deliver(1, EXEC)
    assert stops(leader) == [ExecStop()]
    assert promoted == []


def test_an_exec_by_another_thread_gives_it_the_leader_s_id_and_ends_the_leader(
    router: Router, promoted: Promotions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "geteventmsg", lambda tid: 2)
    leader, other = tracee(1), tracee(2)
    router.add(leader)
    router.add(other)
    router.deliver(1, EXEC)
    assert stops(leader) == [Gone(ExitStatus.exited(0))]
    assert stops(other) == [ExecStop()]
    assert promoted == [other]
    assert router.tracees == {1: other}
    assert (other.tid, other.stopped.tid) == (1, 1)
    assert other.stopped.spent is False
    assert leader.dying
    assert not other.dying
    router.remove(leader)
    router.deliver(1, 10 << 8 | 0x7F)
    assert stops(other) == [ExecStop(), SignalStop(10)]


def test_a_child_that_somebody_started_on_this_thread_is_not_taken_for_a_newborn() -> None:
    met: list[int] = []
    router = Router(lambda tracee: None, lambda tid, dying: met.append(tid), lambda tracee: None)
    router.deliver(9, EXITED_3)
    assert met == []
    assert router.strangers() == []
    router.deliver(10, NEWBORN)
    assert met == [10]
    assert router.strangers() == [10]


def test_a_newborn_of_which_only_the_end_was_reported_is_announced_all_the_same(router: Router) -> None:
    router.deliver(9, EXITED_3)
    newborn = tracee(9)
    router.add(newborn)
    assert stops(newborn) == [Gone(ExitStatus.exited(3))]


def test_an_exec_whose_thread_was_killed_at_its_stop_leaves_the_rest_to_the_end(
    router: Router, promoted: Promotions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(tid: Tid) -> int:
        raise ProcessLookupError

    monkeypatch.setattr(requests, "geteventmsg", gone)
    leader, other = tracee(1), tracee(2)
    router.add(leader)
    router.add(other)
    router.deliver(1, EXEC)
    assert (stops(leader), stops(other)) == ([ExecStop()], [])
    assert promoted == []
