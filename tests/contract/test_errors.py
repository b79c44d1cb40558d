"""What goes wrong in a tool ends the run with the reason; the guest is killed, and nothing is left over."""

import re
import threading
import time
from typing import Any

import anyio
import pytest

import reverie
from reverie import (
    Command,
    ExitStatus,
    GlobalTool,
    Guest,
    Pid,
    ReverieError,
    Rpc,
    RunTimeout,
    Subscription,
    Tid,
    Tool,
    ToolError,
)
from reverie.backend import Control
from reverie.syscalls import Signal, Syscall, Sysno
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.support.compile import CompileGuest


class Broken(Exception):
    """What the tools here raise."""


KEPT: list[Journal] = []
"""The global states of runs that ended by an error, which return none. A test takes its own from here."""


class Kept(Journal):
    """Can be read after a run that failed."""

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        KEPT.append(self)


class Raises(Tool[Kept, None]):
    """Raises where its config says, and notes the ends of the others."""

    def __init__(self, pid: Pid, config: str) -> None:
        self.where = config
        if config == "init of a child" and KEPT[-1].entries:
            raise Broken("no state for you")

    @classmethod
    def subscriptions(cls, config: str) -> Subscription:
        return Subscription.of(Sysno.getuid, Sysno.getpid, Sysno.getppid, Sysno.exit_group)

    def init_thread_state(self, tid: Tid, parent: Any) -> None:
        if self.where == "init_thread_state" and parent is not None:
            raise Broken("no state for you")

    async def handle_thread_start(self, guest: Guest[Kept, None]) -> None:
        await guest.call(Journal.note, "start", guest.tid)
        if self.where == "handle_thread_start" and not guest.is_main_thread:
            raise Broken("no start")
        if self.where == "handle_thread_start of a child" and not guest.is_root_process:
            raise Broken("no start")

    async def handle_post_exec(self, guest: Guest[Kept, None]) -> None:
        if self.where == "handle_post_exec":
            raise Broken("no exec")

    async def handle_signal_event(self, guest: Guest[Kept, None], signal: Signal) -> Signal | None:
        if self.where == "handle_signal_event":
            raise Broken("no signal")
        return signal

    async def handle_syscall_event(self, guest: Guest[Kept, None], call: Syscall) -> int:
        wanted = {
            "the root": guest.is_root_process and guest.is_main_thread,
            "a child": not guest.is_root_process,
            "a thread": not guest.is_main_thread,
            "after waiting": guest.is_root_process,
        }
        if wanted.get(self.where, False):
            if self.where == "after waiting":
                await anyio.sleep(0.001)
            raise Broken("no call")
        await guest.tail_inject(call)

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Kept], state: None, status: ExitStatus) -> None:
        await rpc.call(Journal.note, "thread", [tid, str(status)])
        if self.where == "on_exit_thread":
            raise Broken("no end")

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Kept], status: ExitStatus) -> None:
        await rpc.call(Journal.note, "process", [pid, str(status)])
        if self.where == "on_exit_process":
            raise Broken("no end")


CASES = [
    ("the root", "fork_wait", "handle_syscall_event", "no call"),
    ("a child", "fork_wait", "handle_syscall_event", "no call"),
    ("a thread", "two_threads", "handle_syscall_event", "no call"),
    ("after waiting", "fork_wait", "handle_syscall_event", "no call"),
    ("handle_thread_start", "exit_group_blocked", "handle_thread_start", "no start"),
    ("handle_thread_start of a child", "fork_wait", "handle_thread_start", "no start"),
    ("handle_post_exec", "exit42", "handle_post_exec", "no exec"),
    ("handle_signal_event", "signal_raises", "handle_signal_event", "no signal"),
    ("init_thread_state", "exit_group_blocked", "init_thread_state", "no state for you"),
    ("init of a child", "fork_wait", "Raises", "no state for you"),
    ("on_exit_thread", "fork_wait", "on_exit_thread", "no end"),
    ("on_exit_process", "fork_wait", "on_exit_process", "no end"),
]


@pytest.mark.parametrize(("where", "name", "method", "text"), CASES, ids=[case[0] for case in CASES])
def test_what_a_tool_raises_ends_the_run_and_names_the_tool_the_method_and_the_thread(
    where: str, name: str, method: str, text: str, trace: Trace, guest: CompileGuest
) -> None:
    with pytest.raises(ToolError) as caught:
        trace(Raises, [guest(name)], config=where)
    assert isinstance(caught.value.__cause__, Broken)
    message = str(caught.value)
    assert "Raises" in message
    assert method in message
    assert f"Broken: {text}" in message
    [named] = re.findall(r"(?:thread|pid) (\d+)", message)
    known = {entry.tid for entry in KEPT.pop().entries}
    # A thread whose state could not be made has noted nothing.
    assert int(named) in known or "init" in where


@pytest.mark.parametrize("where", ["the root", "a child", "after waiting"])
def test_after_an_error_the_exit_callbacks_have_run_for_every_thread(
    where: str, trace: Trace, guest: CompileGuest
) -> None:
    with pytest.raises(ToolError):
        trace(Raises, [guest("fork_wait")], config=where)
    journal = KEPT.pop()
    started = journal.values("start")
    assert sorted(tid for tid, _ in journal.values("thread")) == sorted(started)
    assert sorted(pid for pid, _ in journal.values("process")) == sorted(started)
    assert all(status == "killed by SIGKILL" for _, status in journal.values("process"))


def test_an_error_in_one_thread_s_exit_callback_does_not_keep_others_from_running(
    trace: Trace, guest: CompileGuest
) -> None:
    with pytest.raises(ToolError):
        trace(Raises, [guest("exit_group_blocked")], config="on_exit_thread")
    journal = KEPT.pop()
    assert journal.count("thread") == 9


class Answers(Tool[Any, None]):
    """Answers with what is no answer."""

    def __init__(self, pid: Pid, config: Any) -> None:
        self.answer = config

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.getppid)

    async def handle_syscall_event(self, guest: Guest[Any, None], call: Syscall) -> int:
        return self.answer  # type: ignore[no-any-return]  # that is the test

    async def handle_signal_event(self, guest: Guest[Any, None], signal: Signal) -> Signal | None:
        return self.answer  # type: ignore[no-any-return]  # that is the test


@pytest.mark.parametrize("answer", ["text", 1.5, 1 << 64, -(1 << 63) - 1, (), object()], ids=repr)
def test_a_result_that_is_no_64_bit_int_ends_the_run(answer: object, trace: Trace, guest: CompileGuest) -> None:
    with pytest.raises(ToolError, match=r"Answers\.handle_syscall_event returned .* for getppid in thread \d+"):
        trace(Answers, [guest("some_calls")], config=answer)


class ForgetsToAnswer(Answers):
    """Returns None from the syscall handler."""

    async def handle_syscall_event(self, guest: Guest[Any, None], call: Syscall) -> int:
        return None  # type: ignore[return-value]  # that is the test


def test_a_handler_that_forgets_its_result_is_told_so(trace: Trace, guest: CompileGuest) -> None:
    with pytest.raises(ToolError, match="returned None for getppid"):
        trace(ForgetsToAnswer, [guest("some_calls")], config=0)


@pytest.mark.parametrize("answer", ["SIGTERM", 65, 0, -1, 1.5], ids=repr)
def test_an_answer_that_is_no_signal_ends_the_run(answer: object, trace: Trace, guest: CompileGuest) -> None:
    with pytest.raises(ToolError, match=r"Answers\.handle_signal_event returned"):
        trace(Answers, [guest("signal_raises")], config=answer)


class RaisesOsError(Answers):
    """Its own log file fails."""

    async def handle_syscall_event(self, guest: Guest[Any, None], call: Syscall) -> int:
        raise PermissionError(13, "the log file")


def test_an_os_error_of_the_tool_s_own_never_becomes_the_guest_s_result(trace: Trace, guest: CompileGuest) -> None:
    with pytest.raises(ToolError, match="PermissionError"):
        trace(RaisesOsError, [guest("some_calls")], config=0)


class LooksUp(Answers):
    """Raises ProcessLookupError, which an engine may take for the guest's death."""

    async def handle_syscall_event(self, guest: Guest[Any, None], call: Syscall) -> int:
        raise ProcessLookupError(3, "no such process of mine")


def test_a_process_lookup_error_of_the_tool_s_own_is_not_taken_for_a_death(trace: Trace, guest: CompileGuest) -> None:
    with pytest.raises(ToolError, match="ProcessLookupError"):
        trace(LooksUp, [guest("some_calls")], config=0)


class NoGlobalState(GlobalTool[Any]):
    """Cannot be made."""

    @classmethod
    async def init_global_state(cls, config: Any) -> "NoGlobalState":
        raise Broken("no database")


class WithoutState(Tool[NoGlobalState, None]):
    """Never gets to run."""


def test_a_global_state_that_cannot_be_made_ends_the_run_before_it_began(trace: Trace, guest: CompileGuest) -> None:
    with pytest.raises(ToolError, match=r"NoGlobalState\.init_global_state raised Broken: no database") as caught:
        trace(WithoutState, [guest("exit42")])
    assert isinstance(caught.value.__cause__, Broken)


class NeverMade(Tool[Any, None]):
    """Cannot be made."""

    def __init__(self, pid: Pid, config: Any) -> None:
        raise Broken("no tool")


class NeverSubscribes(Tool[Any, None]):
    """Cannot say what it wants."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        raise Broken("no idea")


@pytest.mark.parametrize("tool", [NeverMade, NeverSubscribes])
def test_a_tool_that_cannot_be_made_ends_the_run(
    tool: type[Tool[Any, None]], trace: Trace, guest: CompileGuest
) -> None:
    with pytest.raises(ToolError, match=f"{tool.__name__}.*Broken: no") as caught:
        trace(tool, [guest("exit42")])
    assert isinstance(caught.value.__cause__, Broken)


class Nothing(Tool[Any, None]):
    """Wants nothing."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.none()


class BlocksHandlers(Tool[Any, None]):
    """No handler ever ends."""

    async def handle_syscall_event(self, guest: Guest[Any, None], call: Syscall) -> int:
        await anyio.sleep_forever()


@pytest.mark.parametrize("tool", [Nothing, BlocksHandlers])
def test_a_run_that_takes_too_long_is_ended(tool: type[Tool[Any, None]], trace: Trace, guest: CompileGuest) -> None:
    with pytest.raises(RunTimeout, match="wait_forever"):
        trace(tool, Command([str(guest("wait_forever"))], stdout=reverie.process.DEVNULL), timeout=0.05)


def test_a_timeout_is_a_timeout_error_too(trace: Trace, guest: CompileGuest) -> None:
    with pytest.raises(TimeoutError):
        trace(Nothing, Command([str(guest("wait_forever"))], stdout=reverie.process.DEVNULL), timeout=0.05)


def test_a_timeout_ends_every_process_of_the_guest(trace: Trace, guest: CompileGuest) -> None:
    with pytest.raises(RunTimeout):
        trace(Nothing, ["sh", "-c", "sleep 60 & sleep 60 & (sleep 60 & wait) & wait"], timeout=0.2)


def test_a_run_that_ends_in_time_is_not_held_up_by_its_timeout(trace: Trace, guest: CompileGuest) -> None:
    start = time.monotonic()
    assert trace(Nothing, [guest("exit42")], timeout=50).status == ExitStatus.exited(42)
    assert time.monotonic() - start < 25


class MyReason(ReverieError):
    """Why a test ends a run."""


@pytest.mark.parametrize("tool", [Nothing, BlocksHandlers])
def test_a_run_can_be_ended_from_another_thread(tool: type[Tool[Any, None]], trace: Trace, guest: CompileGuest) -> None:
    control = Control()
    timer = threading.Timer(0.05, control.end, [MyReason("enough")])
    timer.start()
    try:
        with pytest.raises(MyReason, match="enough"):
            trace(tool, Command([str(guest("wait_forever"))], stdout=reverie.process.DEVNULL), control=control)
    finally:
        timer.join()


def test_a_run_that_was_ended_before_it_began_does_not_begin(trace: Trace, guest: CompileGuest) -> None:
    control = Control()
    control.end(MyReason("never mind"))
    with pytest.raises(MyReason):
        trace(Nothing, Command([str(guest("wait_forever"))], stdout=reverie.process.DEVNULL), control=control)


def test_ending_a_run_that_is_over_does_nothing(trace: Trace, guest: CompileGuest) -> None:
    control = Control()
    assert trace(Nothing, [guest("exit42")], control=control).status == ExitStatus.exited(42)
    control.end(MyReason("too late"))
    control.send_signal(15)


class TellsWhenReady(Tool[Any, None]):
    """Sets the event of its config when the guest pauses."""

    @classmethod
    def subscriptions(cls, config: threading.Event) -> Subscription:
        return Subscription.of(Sysno.pause)

    def __init__(self, pid: Pid, config: threading.Event) -> None:
        self.ready = config

    async def handle_syscall_event(self, guest: Guest[Any, None], call: Syscall) -> int:
        self.ready.set()
        await guest.tail_inject(call)


def test_a_signal_can_be_sent_to_the_guest_from_another_thread(trace: Trace, guest: CompileGuest) -> None:
    control, ready = Control(), threading.Event()

    def send() -> None:
        ready.wait()
        control.send_signal(15)

    thread = threading.Thread(target=send)
    thread.start()
    run = trace(
        TellsWhenReady,
        Command([str(guest("wait_forever"))], stdout=reverie.process.DEVNULL),
        control=control,
        config=ready,
    )
    thread.join()
    assert run.status == ExitStatus.killed(15)
