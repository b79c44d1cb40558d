"""Calls to a global state in the same process: typed values in, bytes between, typed values out."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reverie
from reverie import GlobalTool, LocalProtocolError, RemoteError, RemoteProtocolError, Tid
from reverie.backend import Host, LoopbackRpc

pytestmark = pytest.mark.anyio

texts = st.text(st.characters(exclude_categories=["Cs"]))


class Level(IntEnum):
    LOW = 1
    HIGH = 2


@dataclass(frozen=True)
class Entry:
    name: str
    data: bytes
    level: Level = Level.LOW
    place: tuple[int, int] = (0, 0)
    below: list["Entry"] = field(default_factory=list)


class State(GlobalTool[None]):
    def __init__(self) -> None:
        self.kept: list[Any] = []

    @reverie.rpc
    async def echo(self, sender: Tid, entry: Entry) -> Entry:
        self.kept.append(entry)
        return entry

    @reverie.rpc
    async def table(self, sender: Tid, entries: dict[str, list[Entry]]) -> dict[str, list[Entry]]:
        return entries

    @reverie.rpc
    async def keep(self, sender: Tid, values: list[int], note: str = "none") -> tuple[int, str]:
        self.kept.append(values)
        return sender, note

    @reverie.rpc
    async def kept_values(self, sender: Tid) -> list[int]:
        values: list[int] = self.kept[0]
        return values

    @reverie.rpc
    async def lie(self, sender: Tid) -> int:
        return "not an int"  # type: ignore[return-value]  # that is the test

    @reverie.rpc
    async def unsendable(self, sender: Tid) -> Any:
        return {1, object()}

    @reverie.rpc
    async def fail(self, sender: Tid) -> None:
        raise ZeroDivisionError("by zero")

    async def private(self, sender: Tid, x: int = 0) -> None:
        raise AssertionError("nobody may call this")


def connect(tid: int = 5) -> tuple[State, LoopbackRpc[State]]:
    state = State()
    return state, LoopbackRpc(Host(state), Tid(tid))


entries: st.SearchStrategy[Entry] = st.recursive(
    st.builds(
        Entry,
        name=texts,
        data=st.binary(),
        level=st.sampled_from(Level),
        place=st.tuples(st.integers(-(1 << 63), (1 << 64) - 1), st.integers(0, 9)),
        below=st.just([]),
    ),
    lambda inner: st.builds(Entry, name=texts, data=st.binary(), below=st.lists(inner, max_size=3)),
    max_leaves=8,
)


@given(entries)
def test_a_dataclass_is_rebuilt_on_both_sides(entry: Entry) -> None:
    state, rpc = connect()
    result = anyio.run(rpc.call, State.echo, entry)
    assert result == entry
    assert isinstance(result.level, Level)
    assert isinstance(result.place, tuple)
    assert state.kept == [entry]
    assert state.kept[0] is not entry
    assert result is not state.kept[0]


@given(st.dictionaries(texts, st.lists(entries, max_size=2), max_size=3))
def test_dataclasses_inside_containers_are_rebuilt(table: dict[str, list[Entry]]) -> None:
    _, rpc = connect()
    assert anyio.run(rpc.call, State.table, table) == table


async def test_the_sender_is_the_thread_that_the_connection_is_for() -> None:
    _, rpc = connect(tid=42)
    assert await rpc.call(State.keep, [1]) == (42, "none")


async def test_keyword_arguments_find_their_places() -> None:
    _, rpc = connect()
    assert await rpc.call(State.keep, note="n", values=[1]) == (5, "n")
    assert await rpc.call(State.keep, [1], note="n") == (5, "n")


async def test_nothing_is_shared_between_caller_and_state() -> None:
    state, rpc = connect()
    sent = [1, 2]
    await rpc.call(State.keep, sent)
    sent.append(3)
    assert state.kept == [[1, 2]]
    got = await rpc.call(State.kept_values)
    got.append(4)
    assert state.kept == [[1, 2]]


def endless() -> list[Any]:
    inner: list[Any] = []
    inner.append(inner)
    return inner


@pytest.mark.parametrize(
    ("value", "kind"),
    [(object(), "object"), (1 << 64, "int"), ("\udcff", "str"), (endless(), "list"), (lambda: 0, "function")],
)
async def test_an_argument_that_cannot_cross_is_named(value: Any, kind: str) -> None:
    state, rpc = connect()
    with pytest.raises(LocalProtocolError, match=f"argument 2 of keep, a {kind}, cannot cross as MessagePack"):
        await rpc.call(State.keep, [1], value)
    assert state.kept == []


@pytest.mark.parametrize("values", [["1"], 5, [1.5], [None]])
async def test_an_argument_of_another_type_is_refused_before_the_method_runs(values: Any) -> None:
    state, rpc = connect()
    with pytest.raises(LocalProtocolError, match="the arguments of keep do not fit its annotations"):
        await rpc.call(State.keep, values)
    assert state.kept == []


async def test_wrong_numbers_and_names_of_arguments_are_refused() -> None:
    _, rpc = connect()
    with pytest.raises(LocalProtocolError, match="keep"):
        await rpc.call(State.keep)  # type: ignore[call-arg]  # that is the test
    with pytest.raises(LocalProtocolError, match="keep"):
        await rpc.call(State.keep, [1], "a", "b")  # type: ignore[call-arg]  # that is the test
    with pytest.raises(LocalProtocolError, match=r"cannot call keep: .*colour"):
        await rpc.call(State.keep, [1], colour="a")  # type: ignore[call-arg]  # that is the test


async def test_a_method_without_the_mark_is_refused() -> None:
    _, rpc = connect()
    with pytest.raises(LocalProtocolError, match=r"State has no method 'private' marked with @reverie\.rpc"):
        await rpc.call(State.private)
    with pytest.raises(LocalProtocolError, match="State has no method 'private'"):
        await rpc.call(State.private, x=1)


async def test_what_the_method_raises_is_a_remote_error_with_its_cause() -> None:
    _, rpc = connect()
    with pytest.raises(RemoteError, match="fail of the global state raised ZeroDivisionError: by zero") as caught:
        await rpc.call(State.fail)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


async def test_failures_are_not_kept_after_they_were_told() -> None:
    host = Host(State())
    rpc: LoopbackRpc[State] = LoopbackRpc(host, Tid(1))
    for _ in range(3):
        with pytest.raises(RemoteError):
            await rpc.call(State.fail)
    assert host.failures == {}


async def test_a_result_of_another_type_than_promised_is_the_states_mistake() -> None:
    _, rpc = connect()
    with pytest.raises(RemoteProtocolError, match="lie answered with something else than it promises"):
        await rpc.call(State.lie)


async def test_a_result_that_cannot_cross_is_the_states_mistake() -> None:
    _, rpc = connect()
    with pytest.raises(RemoteProtocolError, match="the result of unsendable cannot cross as MessagePack"):
        await rpc.call(State.unsendable)


async def test_an_overridden_method_is_the_one_that_runs() -> None:
    class Derived(State):
        @reverie.rpc
        async def keep(self, sender: Tid, values: list[int], note: str = "none") -> tuple[int, str]:
            return 0, "derived"

    rpc: LoopbackRpc[State] = LoopbackRpc(Host(Derived()), Tid(1))
    assert await rpc.call(State.keep, [1]) == (0, "derived")
