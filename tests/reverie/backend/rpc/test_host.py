"""The server end: requests as bytes, to a real global tool, and the bytes of its answers."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

import anyio
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reverie
from reverie import GlobalTool, LocalProtocolError, NoGlobal, RemoteProtocolError, Tid
from reverie.backend import Host
from reverie.backend.rpc.protocol import decode_response, encode, encode_request
from reverie.testing import Recorder

pytestmark = pytest.mark.anyio

ME = Tid(77)
decode = msgspec.msgpack.Decoder().decode


class Colour(Enum):
    RED = "red"


@dataclass(slots=True)
class Point:
    x: int
    y: int = 0

    def __post_init__(self) -> None:
        if self.x < 0:
            raise ValueError("x is negative")


class State(GlobalTool[None]):
    def __init__(self) -> None:
        self.recorder = Recorder()
        self.gate = anyio.Event()

    @reverie.rpc
    async def who(self, sender: Tid) -> int:
        return sender

    @reverie.rpc
    async def add(self, sender: Tid, a: int, b: int = 10) -> int:
        return a + b

    @reverie.rpc
    async def paint(self, sender: Tid, where: Point, colour: Colour, raw: bytes) -> tuple[Point, Colour, bytes]:
        assert isinstance(where, Point)
        assert colour is Colour.RED
        return where, colour, raw

    @reverie.rpc
    async def anything(self, sender: Tid, value: Any) -> Any:
        return value

    @reverie.rpc
    async def fail(self, sender: Tid, text: str) -> None:
        raise KeyError(text) if text else KeyError

    @reverie.rpc
    async def unsendable(self, sender: Tid) -> Any:
        return object()

    @reverie.rpc
    async def wait(self, sender: Tid) -> None:
        self.recorder.note(f"{sender} waits")
        await self.gate.wait()
        self.recorder.note(f"{sender} goes")

    @reverie.rpc
    async def open_gate(self, sender: Tid) -> None:
        self.gate.set()

    async def private(self, sender: Tid) -> None:
        raise AssertionError("nobody may call this")

    not_a_function = 5


async def ask(method: str, *params: Any, state: GlobalTool[Any] | None = None) -> Any:
    """Return the result, or the error's kind and text."""
    response = decode_response(await Host(state or State()).serve(ME, encode_request(5, method, params)))
    assert response.msgid == 5
    return decode(response.result) if response.error is None else response.error


async def test_a_method_is_called_and_its_result_is_the_answer() -> None:
    assert await ask("add", 1, 2) == 3


async def test_the_sender_is_who_the_transport_says() -> None:
    assert await ask("who") == 77


async def test_defaults_are_filled_in() -> None:
    assert await ask("add", 1) == 11


async def test_arguments_are_rebuilt_from_their_annotations() -> None:
    assert await ask("paint", Point(1, 2), Colour.RED, b"\xff\0") == [{"x": 1, "y": 2}, "red", b"\xff\0"]
    assert await ask("paint", {"x": 1}, "red", b"") == [{"x": 1, "y": 0}, "red", b""]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(1 << 63), (1 << 64) - 1) | st.binary(),
        lambda inner: st.lists(inner, max_size=4),
        max_leaves=10,
    )
)
def test_any_value_goes_there_and_back(value: Any) -> None:
    assert anyio.run(ask, "anything", value) == value


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("add", ()),
        ("add", (1, 2, 3)),
        ("add", ("1",)),
        ("add", (1.5,)),
        ("who", (1,)),
        ("paint", ({"x": "one"}, "red", b"")),
        ("paint", ({"x": -1}, "red", b"")),
        ("paint", ({}, "red", b"")),
        ("paint", ({"x": 1}, "blue", b"")),
    ],
)
async def test_arguments_that_do_not_fit_are_refused_and_the_method_is_not_called(method: str, params: Any) -> None:
    kind, text = await ask(method, *params)
    assert kind == "arguments"
    assert text


@pytest.mark.parametrize("params", [None, 5, "ab", {}, {"a": 1}])
async def test_parameters_are_a_list(params: Any) -> None:
    response = decode_response(await Host(State()).serve(ME, encode((0, 1, "add", params))))
    assert response.error is not None
    assert response.error[0] == "arguments"


@pytest.mark.parametrize("name", ["nothing", "private", "not_a_function", "__init__", "", "init_global_state"])
async def test_only_marked_methods_can_be_called(name: str) -> None:
    kind, text = await ask(name)
    assert kind == "method"
    assert f"State has no method {name!r} marked with @reverie.rpc; it has add, anything, fail" in text


async def test_a_state_without_methods_says_that_it_has_none() -> None:
    assert await ask("add", state=NoGlobal(None)) == (
        "method",
        "NoGlobal has no method 'add' marked with @reverie.rpc; it has none",
    )


@pytest.mark.parametrize(("text", "sent"), [("why", "KeyError: 'why'"), ("", "KeyError")])
async def test_what_a_method_raises_is_told_with_its_text(text: str, sent: str) -> None:
    assert await ask("fail", text) == ("raised", sent)


async def test_what_a_method_raises_may_name_a_file_that_is_not_utf8() -> None:
    class Reading(GlobalTool[None]):
        @reverie.rpc
        async def read(self, sender: Tid) -> None:
            raise OSError(2, "No such file", "b\udcff")

    kind, text = await ask("read", state=Reading(None))
    assert kind == "raised"
    assert text.startswith("FileNotFoundError")


async def test_what_a_method_raised_is_kept_for_a_caller_in_this_process() -> None:
    host = Host(State())
    await host.serve(ME, encode_request(9, "fail", ("x",)))
    assert isinstance(host.failures.pop(9), KeyError)


async def test_a_result_that_cannot_cross_is_told() -> None:
    kind, text = await ask("unsendable")
    assert kind == "result"
    assert "<object object" in text


@given(st.binary(max_size=40))
def test_any_parameters_are_answered(params: bytes) -> None:
    """Bytes that are MessagePack reach the method's own decoder; others are no request at all."""
    data = b"\x94\x00\x01\xa5paint" + params

    async def serve() -> None:
        try:
            response = decode_response(await Host(State()).serve(ME, data))
        except RemoteProtocolError:
            return
        assert response.error is None or response.error[0] == "arguments"

    anyio.run(serve)


@pytest.mark.parametrize("text", [b"\xa1\xff", b"\x81\xa1x\xa1\xff"])
async def test_an_argument_that_is_not_utf8_is_refused(text: bytes) -> None:
    response = decode_response(await Host(State()).serve(ME, b"\x94\x00\x01\xa4fail\x91" + text))
    assert response.error is not None
    assert response.error[0] == "arguments"


@pytest.mark.parametrize("data", [b"", b"\xc0", b"junk", encode((1, 1, None, 5))])
async def test_bytes_that_are_no_request_have_nobody_to_answer(data: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        await Host(State()).serve(ME, data)


async def test_calls_interleave_where_they_wait() -> None:
    state = State()
    host = Host(state)

    async def call(tid: int, method: str) -> None:
        await host.serve(Tid(tid), encode_request(tid, method, ()))

    async with anyio.create_task_group() as tasks:
        for tid in (1, 2):
            tasks.start_soon(call, tid, "wait")
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(call, 3, "open_gate")
    for waiting in ("1 waits", "2 waits"):
        for going in ("1 goes", "2 goes"):
            state.recorder.happened(waiting, times=1).before(going)


# Methods that cannot be called by message are refused when the run starts, not when they are called.


class NoSender(GlobalTool[None]):
    @reverie.rpc
    async def method(self) -> None: ...


class KeywordOnly(GlobalTool[None]):
    @reverie.rpc
    async def method(self, sender: Tid, *, key: int) -> None: ...


class Variable(GlobalTool[None]):
    @reverie.rpc
    async def method(self, sender: Tid, *all: int) -> None: ...


class Strange(GlobalTool[None]):
    @reverie.rpc
    async def method(self, sender: Tid, value: type[int] | int | float | bytes | str | Recorder | Point) -> None: ...


@pytest.mark.parametrize(
    ("tool", "reason"),
    [(NoSender, "positional parameters"), (KeywordOnly, "positional parameters"), (Variable, "positional parameters")],
)
def test_a_method_of_another_shape_is_refused_with_the_shape_to_write(tool: Any, reason: str) -> None:
    with pytest.raises(LocalProtocolError, match=rf"{tool.__name__}\.method cannot be called by message.*{reason}"):
        Host(tool(None))


def test_a_parameter_that_cannot_be_rebuilt_is_refused() -> None:
    with pytest.raises(LocalProtocolError, match=r"Strange\.method has a type that cannot cross"):
        Host(Strange(None))


def test_methods_are_inherited_and_an_override_without_a_mark_is_not_callable() -> None:
    class Derived(State):
        async def add(self, sender: Tid, a: int, b: int = 10) -> int:
            return 0

    methods = Host(Derived()).methods
    assert "who" in methods
    assert "add" not in methods
