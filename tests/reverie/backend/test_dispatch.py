"""From an event to the right handler, and from what it does to a command."""

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest

from reverie import GuestGone, NoGlobal, Pid, ReverieError, SyscallError, Tool, ToolError
from reverie.backend import (
    PASS,
    PROCEED,
    Command,
    Deliver,
    Execute,
    HandlerEnded,
    Return,
    answer_syscall,
    dispatch,
)
from reverie.backend.dispatch import describe_error
from reverie.events import Event, ProgramExecuted, SignalReceived, ThreadStarted
from reverie.testing import FakeGuest
from reverie_syscalls import Errno, Exit, Getpid, MemoryFault, Read, Signal, Syscall, Unknown

pytestmark = pytest.mark.anyio

READ = Read(3, 0x1000, 16)
Body = Callable[[Any], Awaitable[Any]]


class Scripted(Tool[NoGlobal, None]):
    """Every handler notes that it ran and does what the test says."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.ran: list[object] = []

    async def handle_syscall_event(self, guest: Any, call: Syscall) -> Any:
        self.ran.append(call)
        return await self.body(guest)

    async def handle_signal_event(self, guest: Any, signal: Signal) -> Any:
        self.ran.append(signal)
        return await self.body(guest)

    async def handle_thread_start(self, guest: Any) -> None:
        self.ran.append("thread start")
        await self.body(guest)

    async def handle_post_exec(self, guest: Any) -> None:
        self.ran.append("post exec")
        await self.body(guest)


def giving(value: object) -> Body:
    async def body(guest: Any) -> object:
        return value

    return body


def raising(error: BaseException) -> Body:
    async def body(guest: Any) -> object:
        raise error

    return body


async def ask(body: Body, event: Event = READ) -> Command:
    return await dispatch(Scripted(body), FakeGuest(NoGlobal(None), None, tid=77), event)


@pytest.mark.parametrize(
    ("event", "noted"),
    [
        (READ, READ),
        (SignalReceived(Signal.SIGINT), Signal.SIGINT),
        (ThreadStarted(), "thread start"),
        (ProgramExecuted(), "post exec"),
    ],
)
async def test_each_event_has_its_handler_and_no_other_runs(event: Event, noted: object) -> None:
    tool = Scripted(giving(Signal.SIGINT))
    await dispatch(tool, FakeGuest(NoGlobal(None), None), event)
    assert tool.ran == [noted]


@pytest.mark.parametrize(
    ("event", "command"),
    [
        (READ, PASS),
        (Unknown(0x1D5, (1, 2)), PASS),
        (SignalReceived(Signal.SIGSEGV), Deliver(Signal.SIGSEGV)),
        (SignalReceived(Signal.SIGRT_32), Deliver(Signal.SIGRT_32)),
        (ThreadStarted(), PROCEED),
        (ProgramExecuted(), PROCEED),
    ],
)
async def test_a_tool_without_handlers_changes_nothing(event: Event, command: Command) -> None:
    tool: Tool[NoGlobal, None] = Tool(Pid(1), None)
    assert await dispatch(tool, FakeGuest(NoGlobal(None), None), event) == command


# The syscall handler


@pytest.mark.parametrize("value", [0, 5, -2, -4095, -(1 << 63), (1 << 63) - 1, (1 << 64) - 1, Errno.ENOENT, True])
async def test_a_64_bit_value_is_the_result(value: int) -> None:
    assert await ask(giving(value)) == Return(value)


@pytest.mark.parametrize("value", [None, "0", 1.0, 1 << 64, -(1 << 63) - 1, READ, b"\0"])
async def test_anything_else_is_no_answer(value: object) -> None:
    with pytest.raises(ToolError) as caught:
        await ask(giving(value))
    assert str(caught.value) == (
        f"Scripted.handle_syscall_event returned {value!r} for read in thread 77:"
        " return the call's result, a 64-bit int, or end with guest.tail_inject(call)"
    )


async def test_a_syscall_error_that_leaves_the_handler_is_the_result() -> None:
    assert await ask(raising(SyscallError(Errno.EACCES))) == Return(-13)
    assert await ask(raising(MemoryFault(0x10))) == Return(-14)
    assert await ask(raising(SyscallError(Errno.ERESTARTSYS))) == Return(-512)


@pytest.mark.parametrize("error", [OSError(2, "no log file"), ValueError("x"), KeyError("x"), AssertionError()])
async def test_any_other_exception_is_the_tools_mistake_and_never_the_guests_result(error: Exception) -> None:
    with pytest.raises(ToolError, match=r"Scripted\.handle_syscall_event raised .* for read in thread 77") as caught:
        await ask(raising(error))
    assert caught.value.__cause__ is error


async def test_the_intercepted_call_itself_as_the_last_act_passes() -> None:
    async def body(guest: FakeGuest[NoGlobal, None]) -> None:
        await guest.tail_inject(READ)

    assert await ask(body) is PASS


async def test_another_call_as_the_last_act_is_executed() -> None:
    async def body(guest: FakeGuest[NoGlobal, None]) -> None:
        await guest.tail_inject(READ.replace(len=1))

    assert await ask(body) == Execute(Read(3, 0x1000, 1))


async def test_a_tools_except_exception_does_not_catch_its_last_act() -> None:
    async def body(guest: FakeGuest[NoGlobal, None]) -> int:
        try:
            await guest.tail_inject(READ)
        except Exception:
            return -1

    assert await ask(body) is PASS


@pytest.mark.parametrize("end", [HandlerEnded(), GuestGone("died")])
async def test_a_handler_whose_thread_went_on_without_it_asks_for_nothing(end: BaseException) -> None:
    for event in (READ, SignalReceived(Signal.SIGINT), ThreadStarted(), ProgramExecuted()):
        assert await ask(raising(end), event) == PROCEED


# Handlers with a task group of their own are left by a group of exceptions.


async def test_a_last_act_in_a_task_group_is_the_handlers_last_act() -> None:
    async def body(guest: FakeGuest[NoGlobal, None]) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anyio.sleep_forever)
            await guest.tail_inject(Getpid())

    assert await ask(body) == Execute(Getpid())
    assert await ask(body, ThreadStarted()) == Execute(Getpid())


async def test_a_thread_that_ends_under_a_task_group_asks_for_nothing() -> None:
    async def body(guest: FakeGuest[NoGlobal, None]) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anyio.sleep_forever)
            await guest.inject(Exit(0))

    assert await ask(body) == PROCEED


async def test_a_mistake_beside_a_last_act_is_not_lost() -> None:
    group = BaseExceptionGroup("both", [HandlerEnded(), OSError(5, "broken")])
    for event in (READ, ThreadStarted()):
        with pytest.raises(ToolError, match="raised OSError"):
            await ask(raising(group), event)


async def test_in_a_task_group_a_failed_call_and_a_dead_thread_mean_what_they_mean_outside() -> None:
    failed = ExceptionGroup("in a group", [SyscallError(2)])
    assert await ask(raising(failed)) == Return(-2)
    with pytest.raises(ToolError, match="raised SyscallError"):
        await ask(raising(failed), ThreadStarted())
    assert await ask(raising(ExceptionGroup("in a group", [GuestGone("died")]))) == PROCEED


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt()])
async def test_a_tool_that_tries_to_exit_ends_the_run_with_an_error(error: BaseException) -> None:
    for event in (READ, SignalReceived(Signal.SIGINT), ThreadStarted()):
        with pytest.raises(ToolError, match=type(error).__name__) as caught:
            await ask(raising(error), event)
        assert caught.value.__cause__ is error


async def test_a_syscall_can_be_answered_without_the_other_events() -> None:
    tool = Scripted(giving(4))
    assert await answer_syscall(tool, FakeGuest(NoGlobal(None), None), READ) == Return(4)


# Signals


@pytest.mark.parametrize(
    ("answer", "delivered"),
    [(Signal.SIGTERM, Signal.SIGTERM), (None, None), (15, Signal.SIGTERM), (64, Signal.SIGRT_32)],
)
async def test_the_signal_that_is_returned_is_delivered(answer: object, delivered: Signal | None) -> None:
    command = await ask(giving(answer), SignalReceived(Signal.SIGINT))
    assert command == Deliver(delivered)


@pytest.mark.parametrize("answer", [0, 65, -1, "SIGINT", 9.5, READ, [9]])
async def test_what_is_no_signal_is_no_answer(answer: object) -> None:
    with pytest.raises(ToolError, match=r"handle_signal_event returned .*: return a Signal, a SigInfo of one, or None"):
        await ask(giving(answer), SignalReceived(Signal.SIGINT))


# The handlers without an answer


async def test_a_last_act_at_a_threads_start_is_executed() -> None:
    async def body(guest: FakeGuest[NoGlobal, None]) -> None:
        await guest.tail_inject(Getpid())

    assert await ask(body, ThreadStarted()) == Execute(Getpid())


@pytest.mark.parametrize(
    ("event", "handler"),
    [
        (SignalReceived(Signal.SIGINT), "handle_signal_event"),
        (ThreadStarted(), "handle_thread_start"),
        (ProgramExecuted(), "handle_post_exec"),
    ],
)
async def test_an_error_is_a_result_in_the_syscall_handler_only(event: Event, handler: str) -> None:
    for error in (SyscallError(Errno.EPERM), OSError(2, "x")):
        with pytest.raises(ToolError, match=rf"Scripted\.{handler} raised .* in thread 77") as caught:
            await ask(raising(error), event)
        assert caught.value.__cause__ is error


async def test_a_misuse_of_the_guest_is_the_tools_mistake() -> None:
    with pytest.raises(ToolError, match="misuse"):
        await ask(raising(ReverieError("misuse")), ThreadStarted())


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("two\n  lines"), "ValueError: two lines"),
        (AssertionError(), "AssertionError"),
        (KeyError("k"), "KeyError: 'k'"),
    ],
)
def test_an_error_is_described_in_one_line(error: Exception, text: str) -> None:
    assert describe_error(error) == text
