"""A tool writes only what it needs: everything has a default, and types are found where they were given."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import pytest

import reverie
from reverie import ExitStatus, GlobalTool, Guest, NoGlobal, Pid, Subscription, Tid, Tool
from reverie.backend import PASS, PROCEED, Deliver
from reverie.events import ProgramExecuted, SignalReceived, ThreadStarted
from reverie.global_tool import is_rpc
from reverie.testing import FakeGuest
from reverie.tool import config_type, global_state_type, thread_state_type
from reverie_syscalls import Getpid, Signal, Syscall

S = TypeVar("S")


@dataclass
class Config:
    limit: int = 3


@dataclass
class Count:
    syscalls: int = 0


class Totals(GlobalTool[Config]):
    def __init__(self, config: Config) -> None:
        self.limit = config.limit


class Counter(Tool[Totals, Count]):
    pass


class Derived(Counter):
    pass


class Plain(Tool[NoGlobal, None]):
    pass


class Bare(Tool):  # type: ignore[type-arg]  # what a tool's author may forget
    pass


class Mixed(Generic[S], Tool[Totals, Count]):
    pass


class Anything(Tool[Any, Any]):
    pass


@pytest.mark.parametrize(
    ("tool", "global_state", "config", "thread_state"),
    [
        (Counter, Totals, Config, Count),
        (Derived, Totals, Config, Count),
        (Mixed, Totals, Config, Count),
        (Plain, NoGlobal, type(None), type(None)),
        (Bare, NoGlobal, type(None), type(None)),
        (Anything, NoGlobal, type(None), type(None)),
    ],
)
def test_types_are_found_where_the_class_statement_gave_them(
    tool: type[Tool[Any, Any]], global_state: type, config: type, thread_state: type
) -> None:
    assert global_state_type(tool) is global_state
    assert config_type(tool) is config
    assert thread_state_type(tool) is thread_state


def test_the_configuration_of_a_derived_global_state_is_found() -> None:
    class More(Totals):
        pass

    class Using(Tool[More, Count]):
        pass

    assert config_type(Using) is Config


def test_every_call_is_wanted_unless_the_tool_says_otherwise() -> None:
    assert Plain.subscriptions(None) == Subscription.all_syscalls()


def test_a_threads_state_is_made_by_calling_its_class() -> None:
    tool = Counter(Pid(1), Config())
    first = tool.init_thread_state(Tid(1), None)
    second = tool.init_thread_state(Tid(2), (Tid(1), first))
    assert (first, second) == (Count(), Count())
    assert first is not second
    assert Plain(Pid(1), None).init_thread_state(Tid(1), None) is None


@pytest.mark.anyio
async def test_a_tool_that_writes_nothing_changes_nothing() -> None:
    tool = Plain(Pid(1), None)
    guest = FakeGuest(NoGlobal(None), None)
    assert await guest.handle(tool, ThreadStarted()) == PROCEED
    assert await guest.handle(tool, Getpid()) == PASS
    assert await guest.handle(tool, SignalReceived(Signal.SIGTERM)) == Deliver(Signal.SIGTERM)
    assert await guest.handle(tool, ProgramExecuted()) == PROCEED
    await tool.on_exit_thread(guest.tid, guest.rpc, None, ExitStatus.exited(0))
    await tool.on_exit_process(guest.pid, guest.rpc, ExitStatus.exited(0))
    assert guest.injected == []


@pytest.mark.anyio
async def test_a_global_state_is_made_from_the_configuration() -> None:
    state = await Totals.init_global_state(Config(limit=8))
    assert (type(state), state.limit) == (Totals, 8)


@pytest.mark.anyio
async def test_a_tool_can_hand_a_call_to_another_tool_with_the_same_guest() -> None:
    class Inner(Tool[NoGlobal, None]):
        async def handle_syscall_event(self, guest: Guest[NoGlobal, None], call: Syscall) -> int:
            return 41

    class Outer(Tool[NoGlobal, None]):
        def __init__(self, pid: Pid, config: None) -> None:
            self.inner = Inner(pid, config)

        async def handle_syscall_event(self, guest: Guest[NoGlobal, None], call: Syscall) -> int:
            return await self.inner.handle_syscall_event(guest, call) + 1

    assert await Outer(Pid(1), None).handle_syscall_event(FakeGuest(NoGlobal(None), None), Getpid()) == 42


def test_the_mark_for_calls_changes_nothing_else() -> None:
    async def method(self: Any, sender: Tid) -> None: ...

    assert reverie.rpc(method) is method
    assert is_rpc(method)
    assert not is_rpc(test_the_mark_for_calls_changes_nothing_else)
