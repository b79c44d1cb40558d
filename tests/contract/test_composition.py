"""Tools made of tools: handlers of the inner ones get the same guest, and their own part of the thread's state."""

from dataclasses import dataclass, field
from typing import Any

from reverie import ExitStatus, Guest, Pid, Rpc, Subscription, Tid, Tool, into_guest
from reverie.syscalls import Getpid, Signal, Syscall, Sysno
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.support.compile import CompileGuest


@dataclass
class Count:
    calls: int = 0


class Counts(Tool[Journal, Count]):
    """Counts calls per thread, and notes the number at the end."""

    async def handle_syscall_event(self, guest: Guest[Journal, Count], call: Syscall) -> int:
        guest.thread_state.calls += 1
        return await guest.tail_inject(call)

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: Count, status: ExitStatus) -> None:
        await rpc.call(Journal.note, "calls", state.calls)


class Lies(Tool[Journal, str]):
    """Answers getppid with 4711, and keeps the name of the last call."""

    async def handle_syscall_event(self, guest: Guest[Journal, str], call: Syscall) -> int:
        before, guest.thread_state = guest.thread_state, call.name
        if call.sysno is Sysno.getppid:
            assert await guest.inject(Getpid()) == guest.pid
            await guest.call(Journal.note, "before getppid", before)
            return 4711
        return await guest.inject(call)


@dataclass
class State:
    count: Count = field(default_factory=Count)
    last: str = ""


def _keep(state: State, last: str) -> State:
    return State(state.count, last)


class Both(Tool[Journal, State]):
    """Lets one tool have getppid and getuid, and the other all the rest."""

    def __init__(self, pid: Pid, config: Any) -> None:
        self.counts = Counts(pid, config)
        self.lies = Lies(pid, config)

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.all_syscalls()

    async def handle_syscall_event(self, guest: Guest[Journal, State], call: Syscall) -> int:
        if call.sysno in (Sysno.getppid, Sysno.getuid):
            return await self.lies.handle_syscall_event(into_guest(guest, lambda state: state.last, _keep), call)
        return await self.counts.handle_syscall_event(into_guest(guest, lambda state: state.count), call)

    async def handle_signal_event(self, guest: Guest[Journal, State], signal: Signal) -> Signal | None:
        return signal

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: State, status: ExitStatus) -> None:
        await self.counts.on_exit_thread(tid, rpc, state.count, status)


def test_two_tools_share_a_guest_and_each_has_its_own_state(trace: Trace, guest: CompileGuest) -> None:
    alone = trace(Counts, [guest("getppid_is"), "4711"])
    assert alone.status == ExitStatus.exited(99)
    both = trace(Both, [guest("getppid_is"), "4711"])
    assert both.status == ExitStatus.exited(0)
    [calls] = both.global_state.values("calls")
    assert calls > 10
    some = trace(Both, [guest("some_calls")])
    assert some.global_state.values("before getppid") == ["getuid"]
