"""Messages to the global state: what crosses, what cannot, what comes back; and the tool's configuration."""

from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Any

import anyio
import pytest

import reverie
from reverie import (
    ExitStatus,
    GlobalTool,
    Guest,
    LocalProtocolError,
    Pid,
    RemoteError,
    RemoteProtocolError,
    ReverieError,
    Rpc,
    Subscription,
    Tid,
    Tool,
    ToolError,
)
from reverie.syscalls import Syscall, Sysno
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.support.compile import CompileGuest


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1
    HIGH = 9


@dataclass
class Point:
    x: int
    y: float = 0.5


@dataclass
class Shape:
    name: str
    points: list[Point]
    colour: Colour
    parts: dict[str, list[Point]] = field(default_factory=dict)
    parent: "Point | None" = None


class Echo(GlobalTool[Any]):
    """Returns what it is sent, and keeps it."""

    def __init__(self, config: Any) -> None:
        self.got: list[Any] = []
        self.senders: list[int] = []

    def keep(self, sender: int, value: Any) -> None:
        self.senders.append(sender)
        self.got.append(value)

    @reverie.rpc
    async def shape(self, sender: Tid, value: Shape) -> Shape:
        self.keep(sender, value)
        return value

    @reverie.rpc
    async def colours(self, sender: Tid, first: Colour, second: Level) -> tuple[Level, Colour]:
        self.keep(sender, (first, second))
        return (second, first)

    @reverie.rpc
    async def data(self, sender: Tid, value: bytes) -> bytes:
        self.keep(sender, value)
        return value[::-1]

    @reverie.rpc
    async def pair(self, sender: Tid, value: tuple[int, str]) -> tuple[str, int]:
        self.keep(sender, value)
        return (value[1], value[0])

    @reverie.rpc
    async def nothing(self, sender: Tid, value: None = None) -> None:
        self.keep(sender, value)

    @reverie.rpc
    async def nested(self, sender: Tid, value: list[list[list[int]]]) -> list[list[list[int]]]:
        self.keep(sender, value)
        return value

    @reverie.rpc
    async def many(self, sender: Tid, a: int, b: int = 2, c: list[int] | None = None) -> list[Any]:
        self.keep(sender, (a, b, c))
        return [a, b, c]

    @reverie.rpc
    async def number(self, sender: Tid, value: int) -> int:
        self.keep(sender, value)
        return value

    @reverie.rpc
    async def text(self, sender: Tid, value: str) -> str:
        self.keep(sender, value)
        return value

    @reverie.rpc
    async def fails(self, sender: Tid, text: str) -> None:
        raise LookupError(text)

    @reverie.rpc
    async def lies(self, sender: Tid) -> int:
        return "no int"  # type: ignore[return-value]  # the lie

    @reverie.rpc
    async def opaque(self, sender: Tid) -> Any:
        return object()

    async def unmarked(self, sender: Tid) -> None:
        self.keep(sender, "unmarked")


class OnGetppid(Tool[Echo, None]):
    """The base of tools that do their part at the guest's getppid."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.getppid)

    async def handle_syscall_event(self, guest: Guest[Echo, None], call: Syscall) -> int:
        await self.part(guest)
        return 0

    async def part(self, guest: Guest[Echo, None]) -> None:
        """Do what is tested. An AssertionError ends the run."""


SHAPE = Shape("s", [Point(1), Point(-2, 2.5)], Colour.BLUE, {"a": [Point(3)]}, Point(7))


class SendsEverything(OnGetppid):
    """Sends values of every kind and compares what comes back."""

    async def part(self, guest: Guest[Echo, None]) -> None:
        assert await guest.call(Echo.shape, SHAPE) == SHAPE
        answer = await guest.call(Echo.colours, Colour.RED, Level.HIGH)
        assert answer == (Level.HIGH, Colour.RED)
        assert [type(value) for value in answer] == [Level, Colour]
        assert await guest.call(Echo.data, bytes(range(256))) == bytes(range(255, -1, -1))
        assert await guest.call(Echo.pair, (1, "a")) == ("a", 1)
        assert await guest.call(Echo.nothing) is None
        assert await guest.call(Echo.nothing, None) is None
        assert await guest.call(Echo.nested, [[[1], []], [], [[2, 3]]]) == [[[1], []], [], [[2, 3]]]
        for number in (0, -1, 2**63 - 1, -(2**63), 2**64 - 1):
            assert await guest.call(Echo.number, number) == number
        for text in ("", "ä€𝄞", "\0"):
            assert await guest.call(Echo.text, text) == text


def test_values_of_every_kind_cross_both_ways_and_keep_their_types(trace: Trace, guest: CompileGuest) -> None:
    run = trace(SendsEverything, [guest("getppid_is"), "0"])
    got = run.global_state.got
    assert got[0] == SHAPE
    assert got[0] is not SHAPE  # it crossed
    assert isinstance(got[0].points[1], Point)
    assert got[1] == (Colour.RED, Level.HIGH)
    assert isinstance(got[1][1], Level)
    assert isinstance(got[3], tuple)


class NamesArguments(OnGetppid):
    """Calls with defaults and keywords."""

    async def part(self, guest: Guest[Echo, None]) -> None:
        assert await guest.call(Echo.many, 1) == [1, 2, None]
        assert await guest.call(Echo.many, 1, 3) == [1, 3, None]
        assert await guest.call(Echo.many, 1, b=4) == [1, 4, None]
        assert await guest.call(Echo.many, a=5, b=6, c=[7]) == [5, 6, [7]]
        assert await guest.call(Echo.many, 1, c=[8]) == [1, 2, [8]]


def test_defaults_and_keyword_arguments_work_as_in_a_plain_call(trace: Trace, guest: CompileGuest) -> None:
    trace(NamesArguments, [guest("getppid_is"), "0"])


class Misuses(OnGetppid):
    """Makes each mistake, and notes what it is told."""

    async def part(self, guest: Guest[Echo, None]) -> None:
        call: Any = guest.call
        for kind, attempt in (
            ("cannot cross", lambda: call(Echo.number, object())),
            ("cannot cross inside", lambda: call(Echo.nested, [[[1], object()]])),
            ("wrong type", lambda: call(Echo.number, "seven")),
            ("too few", lambda: call(Echo.number)),
            ("too many", lambda: call(Echo.number, 1, 2)),
            ("unknown keyword", lambda: call(Echo.many, 1, d=2)),
            ("too large", lambda: call(Echo.number, 2**64)),
            ("unmarked", lambda: call(Echo.unmarked)),
            ("raises", lambda: call(Echo.fails, "because")),
            ("lies", lambda: call(Echo.lies)),
            ("opaque", lambda: call(Echo.opaque)),
        ):
            try:
                await attempt()
            except ReverieError as error:
                await guest.call(Echo.text, f"{kind}|{type(error).__name__}|{error}")
            else:
                await guest.call(Echo.text, f"{kind}|none|")


MISTAKES = {
    "cannot cross": (LocalProtocolError, ["number", "argument 1", "object"]),
    "cannot cross inside": (LocalProtocolError, ["nested", "argument 1"]),
    "wrong type": (LocalProtocolError, ["number", "int"]),
    "too few": (LocalProtocolError, ["number"]),
    "too many": (LocalProtocolError, ["number"]),
    "unknown keyword": (LocalProtocolError, ["many", "d"]),
    "too large": (LocalProtocolError, ["number", "argument 1"]),
    "unmarked": (LocalProtocolError, ["unmarked", "reverie.rpc"]),
    "raises": (RemoteError, ["fails", "LookupError", "because"]),
    "lies": (RemoteProtocolError, ["lies"]),
    "opaque": (RemoteProtocolError, ["opaque"]),
}


def test_each_mistake_in_a_call_is_told_with_the_method_s_name(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Misuses, [guest("getppid_is"), "0"])
    assert run.status == ExitStatus.exited(0)
    told = [text.split("|") for text in run.global_state.got if isinstance(text, str)]
    assert [kind for kind, _, _ in told] == list(MISTAKES)
    for kind, error, text in told:
        expected, words = MISTAKES[kind]
        assert error == expected.__name__, (kind, text)
        assert all(word in text for word in words), (kind, text)
    assert "unmarked" not in run.global_state.got


class LetsItOut(OnGetppid):
    """Does not catch what a method of the global state raised."""

    async def part(self, guest: Guest[Echo, None]) -> None:
        await guest.call(Echo.fails, "the disk is full")


def test_what_a_global_method_raises_ends_the_run_when_nobody_catches_it(trace: Trace, guest: CompileGuest) -> None:
    with pytest.raises(ToolError, match="LookupError: the disk is full") as caught:
        trace(LetsItOut, [guest("getppid_is"), "0"])
    assert isinstance(caught.value.__cause__, RemoteError)


class Signs(Tool[Echo, None]):
    """Calls from every callback that may."""

    async def handle_thread_start(self, guest: Guest[Echo, None]) -> None:
        await guest.call(Echo.number, guest.tid)

    async def handle_post_exec(self, guest: Guest[Echo, None]) -> None:
        await guest.call(Echo.number, guest.tid)

    async def handle_signal_event(self, guest: Guest[Echo, None], signal: Any) -> Any:
        await guest.call(Echo.number, guest.tid)
        return signal

    async def handle_syscall_event(self, guest: Guest[Echo, None], call: Syscall) -> int:
        await guest.call(Echo.number, guest.tid)
        await guest.tail_inject(call)

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Echo], state: None, status: ExitStatus) -> None:
        await rpc.call(Echo.number, tid)

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Echo], status: ExitStatus) -> None:
        await rpc.call(Echo.number, pid)


@pytest.mark.parametrize("name", ["fork_wait", "threads_nested", "exec_by_thread"])
def test_a_method_is_told_which_thread_called(name: str, trace: Trace, guest: CompileGuest) -> None:
    state = trace(Signs, [guest(name)]).global_state
    assert state.senders == state.got


class Meets(GlobalTool[None]):
    """Two calls wait for each other."""

    def __init__(self, config: None) -> None:
        self.both = anyio.Event()
        self.waiting = 0
        self.met = 0

    @reverie.rpc
    async def meet(self, sender: Tid) -> None:
        self.waiting += 1
        if self.waiting == 2:
            self.both.set()
        await self.both.wait()
        self.met += 1


class MeetsThere(Tool[Meets, None]):
    """Each of two threads calls once."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.getuid, Sysno.geteuid)

    async def handle_syscall_event(self, guest: Guest[Meets, None], call: Syscall) -> int:
        await guest.call(Meets.meet)
        await guest.tail_inject(call)


def test_calls_of_several_threads_are_in_progress_at_once(trace: Trace, guest: CompileGuest) -> None:
    run = trace(MeetsThere, [guest("two_threads")])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.met == 2


@dataclass(frozen=True)
class Limits:
    answer: int = 5


class Limited(GlobalTool[Limits]):
    """Keeps the configuration that it was made with, and makes itself slowly."""

    def __init__(self, config: Limits) -> None:
        self.config = config

    @classmethod
    async def init_global_state(cls, config: Limits) -> "Limited":
        await anyio.sleep(0)
        return cls(config)


class AnswersConfigured(Tool[Limited, None]):
    """Answers getppid with what its configuration says."""

    def __init__(self, pid: Pid, config: Limits) -> None:
        self.answer = config.answer

    @classmethod
    def subscriptions(cls, config: Limits) -> Subscription:
        assert isinstance(config, Limits)
        return Subscription.of(Sysno.getppid)

    async def handle_syscall_event(self, guest: Guest[Limited, None], call: Syscall) -> int:
        return self.answer


@pytest.mark.parametrize("config", [None, Limits(6)], ids=["default", "given"])
def test_the_configuration_is_made_by_default_and_reaches_all_who_need_it(
    config: Limits | None, trace: Trace, guest: CompileGuest
) -> None:
    answer = 5 if config is None else config.answer
    run = trace(AnswersConfigured, [guest("getppid_is"), str(answer)], config=config)
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.config == Limits(answer)


class Stateless(Tool):  # type: ignore[type-arg]  # on purpose: a tool may name no types at all
    """Names no types."""


def test_a_tool_that_names_no_types_has_no_state(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Stateless, [guest("exit42")])
    assert run.status == ExitStatus.exited(42)
    assert isinstance(run.global_state, reverie.NoGlobal)


@dataclass
class Tally:
    calls: int = 0


class ReplacesState(Tool[Journal, Tally]):
    """Assigns a new thread state at each call."""

    async def handle_syscall_event(self, guest: Guest[Journal, Tally], call: Syscall) -> int:
        guest.thread_state = Tally(guest.thread_state.calls + 1)
        await guest.tail_inject(call)

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: Tally, status: ExitStatus) -> None:
        await rpc.call(Journal.note, "calls", state.calls)


def test_a_thread_s_state_can_be_replaced(trace: Trace, guest: CompileGuest) -> None:
    [calls] = trace(ReplacesState, [guest("some_calls")]).global_state.values("calls")
    assert calls > 5
