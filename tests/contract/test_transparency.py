"""A guest cannot tell that it is traced: under a tool that changes nothing it does what it does natively.

Each guest checks its own results. It runs once by itself, and then under tools that let
every call through in all the ways that there are.
"""

import subprocess
from typing import Any

import anyio.lowlevel
import pytest

from reverie import Guest, Subscription, SyscallError, Tool
from reverie.syscalls import Getpid, Getppid, Gettid, Signal, Syscall
from tests.contract.conftest import Trace
from tests.support.compile import CompileGuest

GUESTS: list[tuple[str, ...]] = [
    ("threads_nested",),
    ("threads_short_lived",),
    ("threads_busy",),
    ("fork_wait",),
    ("fork_many",),
    ("fork_chain",),
    ("vfork_exit",),
    ("vfork_exec",),
    ("clone_process",),
    ("clone_thread",),
    ("clone_untraced",),
    ("orphan",),
    ("daemon_double_fork",),
    ("exec_self",),
    ("exec_fails",),
    ("exec_by_leader",),
    ("exec_by_thread",),
    ("exec_by_thread_fails", "exit 0"),
    ("filter_own_trace",),
    ("fp_registers",),
    ("leader_exits_first",),
    ("exit_group_blocked",),
    ("exit_group_storm",),
    ("kill_child",),
    ("kill_storm",),
    ("sleep_whole",),
    ("open_registers",),
    ("write_in_pieces",),
    ("read_pipe",),
    ("two_threads",),
    ("thread_blocks_leader_exits",),
    ("some_calls",),
    ("unknown_number",),
    ("siginfo_queue",),
    ("siginfo_segv",),
    ("siginfo_child",),
    ("signals_realtime",),
    ("signals_in_order",),
    ("signal_for_any",),
    ("stop_during_exit",),
    ("signal_blocked",),
    ("signal_traps",),
    ("signal_for_process",),
    ("signal_in_thread",),
    ("signal_timer",),
    ("signalfd_reads",),
    ("signal_raises",),
    ("signal_ignored_children",),
    ("signal_storm",),
    ("group_stop",),
    ("group_stop_holds",),
    *(("waits_with_a_mask", call) for call in ("ppoll", "pselect6", "rt_sigsuspend", "io_pgetevents")),
    *(
        ("interrupted", call, how)
        for call in ("read", "nanosleep", "pause", "poll", "futex")
        for how in ("handler", "restart", "ignored")
    ),
]


class Sees(Tool[Any, None]):
    """Wants no call at all."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.none()


class Passes(Tool[Any, None]):
    """Ends with the call itself."""


class Injects(Tool[Any, None]):
    """Injects the call and gives its result back."""

    async def handle_syscall_event(self, guest: Guest[Any, None], call: Syscall) -> int:
        return await guest.inject(call)


class InjectsLate(Tool[Any, None]):
    """Injects another call, and then the call itself."""

    async def handle_syscall_event(self, guest: Guest[Any, None], call: Syscall) -> int:
        assert await guest.inject(Getpid()) == guest.pid
        return await guest.inject(call)


class EndsLate(Tool[Any, None]):
    """Injects another call, and ends with the call itself."""

    async def handle_syscall_event(self, guest: Guest[Any, None], call: Syscall) -> int:
        assert await guest.inject(Gettid()) == guest.tid
        await guest.tail_inject(call)


class InjectsAndMore(Tool[Any, None]):
    """Injects the call, then another, and gives the first one's result back; on the way it waits."""

    async def handle_syscall_event(self, guest: Guest[Any, None], call: Syscall) -> int:
        await anyio.lowlevel.checkpoint()
        try:
            result = await guest.inject(call)
        except SyscallError as error:
            result = -error.errno
        await guest.inject(Getppid())
        await anyio.lowlevel.checkpoint()
        return result


class InjectsElsewhere(Tool[Any, None]):
    """Lets calls pass, and injects one wherever else it may."""

    async def handle_thread_start(self, guest: Guest[Any, None]) -> None:
        assert await guest.inject(Gettid()) == guest.tid

    async def handle_post_exec(self, guest: Guest[Any, None]) -> None:
        assert await guest.inject(Getpid()) == guest.pid

    async def handle_signal_event(self, guest: Guest[Any, None], signal: Signal) -> Signal | None:
        assert await guest.inject(Gettid()) == guest.tid
        return signal


class InjectsEverywhere(Injects):
    """Injects the call, and another one wherever else it may."""

    handle_thread_start = InjectsElsewhere.handle_thread_start
    handle_post_exec = InjectsElsewhere.handle_post_exec
    handle_signal_event = InjectsElsewhere.handle_signal_event


TOOLS = [Sees, Passes, Injects, InjectsLate, EndsLate, InjectsAndMore, InjectsElsewhere, InjectsEverywhere]
FEW_TOOLS = [Passes, Injects, InjectsAndMore, InjectsEverywhere]
"""For the longer lists of guests elsewhere."""


WITHOUT_A_RESTART_CODE = ("epoll_pwait", "epoll_pwait2", "io_uring_enter")
"""Calls that wait with a mask of their own, and fail with EINTR itself when a signal comes."""


@pytest.mark.parametrize("tool", [Passes, Injects, InjectsLate, EndsLate, InjectsAndMore], ids=lambda it: it.__name__)
@pytest.mark.parametrize("call", WITHOUT_A_RESTART_CODE)
def test_a_signal_that_only_the_call_lets_in_is_handled_when_it_returns(
    call: str, tool: type[Tool[Any, None]], guest: CompileGuest, trace: Trace
) -> None:
    run = trace(tool, [guest("waits_with_a_mask"), call])
    assert str(run.status) == "exited with 0"


@pytest.mark.parametrize("words", GUESTS, ids="-".join)
def test_a_guest_finds_what_it_should_when_nobody_traces_it(words: tuple[str, ...], guest: CompileGuest) -> None:
    subprocess.run([guest(words[0]), *words[1:]], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.__name__)
@pytest.mark.parametrize("words", GUESTS, ids="-".join)
def test_a_guest_finds_the_same_under_a_tool_that_changes_nothing(
    words: tuple[str, ...], tool: type[Tool[Any, None]], guest: CompileGuest, trace: Trace
) -> None:
    run = trace(tool, [guest(words[0]), *words[1:]])
    assert str(run.status) == "exited with 0"
