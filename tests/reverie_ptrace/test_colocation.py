"""When tracer and guest are kept on one CPU, and when not."""

import itertools
import os
from collections.abc import Iterator

import pytest

import reverie
from reverie import GlobalTool, Guest, Subscription, Tid, Tool, rpc
from reverie.backend import Control, EventLoop, RunOptions
from reverie.process import PIPE, Command
from reverie.syscalls import Syscall, Sysno, decode
from reverie_ptrace import colocation
from reverie_ptrace.backend import PtraceBackend
from reverie_ptrace.colocation import LOOKED_AT, NEEDED, Affinity, Colocation, is_possible
from reverie_ptrace.kernel.affinity import EVERY_CPU, CpuMask, current_cpu
from tests.support.compile import CompileGuest

pytestmark = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one CPU is shared by all anyway")


class Widths(GlobalTool[None]):
    """On how many CPUs the tracer might run when it was told of a call."""

    def __init__(self, config: None) -> None:
        self.seen: list[int] = []

    @rpc
    async def note(self, sender: Tid, cpus: int) -> None:
        self.seen.append(cpus)


class Watches(Tool[Widths, None]):
    """Is told of all calls; notes the tracer's own affinity at each getppid."""

    async def handle_syscall_event(self, guest: Guest[Widths, None], call: Syscall) -> int:
        if call.sysno is Sysno.getppid:
            await guest.call(Widths.note, len(os.sched_getaffinity(0)))
        await guest.tail_inject(call)


class WatchesSome(Watches):
    """The same, but a guest could read its affinity without a stop."""

    @classmethod
    def subscriptions(cls, config: object) -> Subscription:
        return Subscription.of("getppid", "read")


ALL_CPUS = len(os.sched_getaffinity(0))


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make everything a conversation, also where other work runs beside the test."""
    monkeypatch.setattr(colocation, "_WORTH_NS", range(10**12))
    monkeypatch.setattr(colocation, "_LEAVE_NS", 10**12)


@pytest.mark.usefixtures("always")
def test_a_conversation_is_on_one_cpu(guest: CompileGuest) -> None:
    seen = reverie.run(Watches, [str(guest("getppid_many")), "2000"]).global_state.seen
    assert seen.count(1) > len(seen) / 2


class PassesAll(Tool[GlobalTool[None], None]):
    """Lets each call pass."""


class InjectsAll(PassesAll):
    """Injects each call, so that there are two stops for it."""

    async def handle_syscall_event(self, guest: Guest[GlobalTool[None], None], call: Syscall) -> int:
        return await guest.inject(call)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("tool", [PassesAll, InjectsAll])
@pytest.mark.parametrize("event_loop", ["asyncio", "trio"])
def test_the_guest_does_not_see_it(
    tool: type[Tool[GlobalTool[None], None]], event_loop: EventLoop, guest: CompileGuest
) -> None:
    command = Command([str(guest("affinity_watched", ("-pthread",))), "600"], stdout=PIPE)
    run = reverie.run(tool, command, event_loop=event_loop)
    assert (run.status.code, run.stdout) == (0, f"{ALL_CPUS}\n".encode())


@pytest.mark.usefixtures("always")
def test_it_can_be_switched_off(guest: CompileGuest) -> None:
    seen = reverie.run(Watches, [str(guest("getppid_many")), "2000"], colocate=False).global_state.seen
    assert set(seen) == {ALL_CPUS}


@pytest.mark.usefixtures("always")
def test_it_is_off_where_the_guest_could_find_out(guest: CompileGuest) -> None:
    seen = reverie.run(WatchesSome, [str(guest("getppid_many")), "2000"]).global_state.seen
    assert set(seen) == {ALL_CPUS}


@pytest.mark.usefixtures("always")
def test_the_tracers_thread_gets_its_affinity_back(guest: CompileGuest) -> None:
    before = os.sched_getaffinity(0)
    command = Command([str(guest("getppid_many")), "2000"])
    result = PtraceBackend().run(Watches, command, None, RunOptions(), Control())
    assert 1 in result.global_state.seen
    assert os.sched_getaffinity(0) == before


@pytest.mark.parametrize(
    ("subscription", "possible"),
    [
        (Subscription.all_syscalls(), True),
        (Subscription(NEEDED), True),
        (Subscription.of("%desc"), True),
        (Subscription.all_syscalls() - Subscription.of("preadv2"), False),
        (Subscription.all_syscalls() - Subscription.of(*LOOKED_AT), True),
        (Subscription.of("openat"), False),
        (Subscription.none(), False),
    ],
)
def test_the_tool_must_be_told_of_all_that_reads(subscription: Subscription, possible: bool) -> None:
    assert is_possible(subscription) is possible


def test_one_cpu_needs_no_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda tid: {3})
    assert not is_possible(Subscription.all_syscalls())


# The policy alone: a tracee that is nobody, and a clock that is set by hand.


class Clock:
    """Time as it passes for the policy: so much waited and so much worked for each restart."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.waited = self.worked = 0
        monkeypatch.setattr(colocation.time, "monotonic_ns", lambda: self.waited + self.worked)
        monkeypatch.setattr(colocation.time, "thread_time_ns", lambda: self.worked)


class Nobody:
    """A tracee that can be restarted without end."""

    tid = Tid(2**22 + 1)
    """Larger than any id: PID_MAX_LIMIT, linux/threads.h."""
    telling: Syscall | None = None
    affinity: Affinity | None = None


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def on_one_cpu_after(policy: Colocation, clock: Clock, restarts: int, waited_ns: int, worked_ns: int = 10_000) -> bool:
    tracee = Nobody()
    for _ in range(restarts):
        clock.waited += waited_ns
        clock.worked += worked_ns
        policy.restart(tracee, lambda tid, signo: None, 0)
    return len(os.sched_getaffinity(0)) == 1


@pytest.fixture
def policy(clock: Clock) -> Iterator[Colocation]:
    made = Colocation()
    yield made
    made.end()


def test_it_begins_when_stops_come_fast(policy: Colocation, clock: Clock) -> None:
    assert not on_one_cpu_after(policy, clock, 31, waited_ns=60_000)
    assert on_one_cpu_after(policy, clock, 40, waited_ns=60_000)


def test_a_guest_that_works_between_its_calls_goes_where_it_wants(policy: Colocation, clock: Clock) -> None:
    assert not on_one_cpu_after(policy, clock, 500, waited_ns=150_000)


def test_a_slow_handler_is_no_reason_against_it(policy: Colocation, clock: Clock) -> None:
    assert on_one_cpu_after(policy, clock, 100, waited_ns=50_000, worked_ns=3_000_000)


def test_nothing_is_to_be_won_where_stops_come_as_fast_as_they_can(policy: Colocation, clock: Clock) -> None:
    assert not on_one_cpu_after(policy, clock, 500, waited_ns=5_000)


def test_it_ends_when_stops_become_rare(policy: Colocation, clock: Clock) -> None:
    assert on_one_cpu_after(policy, clock, 100, waited_ns=50_000)
    assert not on_one_cpu_after(policy, clock, 64, waited_ns=200_000)


def test_the_scheduler_may_choose_again_now_and_then(policy: Colocation, clock: Clock) -> None:
    widths = [on_one_cpu_after(policy, clock, 32, waited_ns=50_000) for _ in range(1000)]
    assert widths.count(False) >= 3
    assert all(after for before, after in itertools.pairwise(widths[2:]) if not before)


@pytest.mark.parametrize("before", [0, 100])
def test_a_guest_for_whom_a_kernel_thread_may_read_has_none(before: int, policy: Colocation, clock: Clock) -> None:
    on_one_cpu_after(policy, clock, before, waited_ns=50_000)
    asking = Nobody()
    asking.telling = decode(Sysno.io_uring_setup, (8, 0x1000, 0, 0, 0, 0))
    policy.restart(asking, lambda tid, signo: None, 0)
    assert not on_one_cpu_after(policy, clock, 500, waited_ns=50_000)


def test_nobody_is_narrowed_while_one_looks_at_an_affinity(
    policy: Colocation, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrowed: list[int] = []
    monkeypatch.setattr(Colocation, "_wide", lambda self, tid: CpuMask(()))
    assert on_one_cpu_after(policy, clock, 100, waited_ns=50_000)
    monkeypatch.setattr(CpuMask, "allow", lambda self, tid: narrowed.append(tid))
    talking, looking = Nobody(), Nobody()
    for _ in range(3):
        policy.restart(talking, lambda tid, signo: None, 0)
    assert len(narrowed) == 4  # before and after each but the first, which was another's turn
    looking.telling = decode(Sysno.sched_getaffinity, (0, 128, 0x1000, 0, 0, 0))
    policy.restart(looking, lambda tid, signo: None, 0)
    for _ in range(3):
        policy.restart(talking, lambda tid, signo: None, 0)
    assert len(narrowed) == 4
    policy.restart(looking, lambda tid, signo: None, 0)  # it has stopped again, so its call is over
    for _ in range(2):
        policy.restart(talking, lambda tid, signo: None, 0)
    assert len(narrowed) == 6


# The kernel's part.


def test_a_mask_is_what_the_kernel_takes_it_for() -> None:
    before = os.sched_getaffinity(0)
    try:
        for cpu in before:
            assert CpuMask({cpu}).allow(0)
            assert os.sched_getaffinity(0) == {cpu}
            assert current_cpu() == cpu
        assert EVERY_CPU.allow(0)
        assert os.sched_getaffinity(0) >= before
    finally:
        os.sched_setaffinity(0, before)


def test_a_mask_that_cannot_be_had_is_told() -> None:
    assert not CpuMask(()).allow(0)
    assert not EVERY_CPU.allow(2**22 + 1)
