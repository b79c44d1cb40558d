"""MessagePack-RPC: what is sent is read back, and bytes that make no sense are refused, whatever they are."""

from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reverie import RemoteProtocolError
from reverie.backend.rpc.protocol import (
    CANNOT_DECODE,
    CANNOT_ENCODE,
    ErrorKind,
    decode_request,
    decode_response,
    encode,
    encode_error,
    encode_request,
    encode_result,
)

decode = msgspec.msgpack.Decoder().decode

texts = st.text(st.characters(exclude_categories=["Cs"]))
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 64) - 1)
    | st.floats(allow_nan=False)
    | texts
    | st.binary(max_size=300)
)
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=20)
msgids = st.integers(0, (1 << 32) - 1)


@given(msgids, texts, st.lists(values).map(tuple))
def test_a_request_is_read_back(msgid: int, method: str, params: tuple[Any, ...]) -> None:
    request = decode_request(encode_request(msgid, method, params))
    assert (request.msgid, request.method) == (msgid, method)
    assert decode(request.params) == list(params)


@given(msgids, values)
def test_a_result_is_read_back(msgid: int, value: Any) -> None:
    response = decode_response(encode_result(msgid, value))
    assert (response.msgid, response.error) == (msgid, None)
    assert decode(response.result) == value


@given(msgids, st.sampled_from(ErrorKind), texts)
def test_an_error_is_read_back(msgid: int, kind: ErrorKind, text: str) -> None:
    response = decode_response(encode_error(msgid, kind, text))
    assert (response.msgid, response.error) == (msgid, (kind.value, text))
    assert decode(response.result) is None


def test_messages_are_those_of_the_messagepack_rpc_specification() -> None:
    assert encode_request(1, "add", (1,)) == bytes([0x94, 0, 1, 0xA3, *b"add", 0x91, 1])
    assert encode_result(1, 3) == bytes([0x94, 1, 1, 0xC0, 3])
    assert encode_error(2, ErrorKind.RAISED, "x") == bytes([0x94, 1, 2, 0x92, 0xA6, *b"raised", 0xA1, 0x78, 0xC0])


def test_an_errors_text_may_have_surrogates_as_file_names_do() -> None:
    response = decode_response(encode_error(1, ErrorKind.RAISED, "no file b\udcff"))
    assert response.error == ("raised", "no file b\\udcff")


# Bytes that make no sense


@given(msgids, texts, st.lists(values, max_size=4).map(tuple), st.data())
def test_a_request_that_is_cut_or_goes_on_is_refused(
    msgid: int, method: str, params: tuple[Any, ...], data: st.DataObject
) -> None:
    whole = encode_request(msgid, method, params)
    cut = data.draw(st.integers(0, len(whole) - 1))
    for wrong in (whole[:cut], whole + b"\0", whole + whole):
        with pytest.raises(RemoteProtocolError, match="not a MessagePack-RPC request"):
            decode_request(wrong)


@given(msgids, values, st.data())
def test_a_response_that_is_cut_or_goes_on_is_refused(msgid: int, value: Any, data: st.DataObject) -> None:
    whole = encode_result(msgid, value)
    cut = data.draw(st.integers(0, len(whole) - 1))
    for wrong in (whole[:cut], whole + b"\xc0"):
        with pytest.raises(RemoteProtocolError, match="not a MessagePack-RPC response"):
            decode_response(wrong)


NESTED = b"\x91" * 100_000 + b"\xc0"


@given(st.binary(max_size=60))
@example(b"\x94\x00\x01\xa1\xff\x90")  # a method's name that is not UTF-8
@example(b"\x94\x00\x01\xa1a" + NESTED)
@example(b"\x94\x01\x01\xc0" + NESTED)
@example(b"\xdd\xff\xff\xff\xff")  # an array of four thousand million
@example(b"\x94\x00\x01\xdb\xff\xff\xff\xffa")  # a string as long
@example(b"\xc1")  # the one byte that MessagePack never uses
@example(b"\x94\x00\x01\xa1a\xc7\x03\x05abc")  # an extension for parameters
def test_any_bytes_are_a_message_or_refused(data: bytes) -> None:
    for read in (decode_request, decode_response):
        with suppress(RemoteProtocolError):
            read(data)


@given(values)
def test_any_value_is_a_message_or_refused(value: Any) -> None:
    data = encode(value)
    for read in (decode_request, decode_response):
        with suppress(RemoteProtocolError):
            read(data)


@pytest.mark.parametrize("deep", [b"\x94\x00\x01\xa1a" + NESTED, NESTED])
def test_nesting_without_end_is_refused(deep: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_request(deep)


def test_a_name_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(RemoteProtocolError, match="utf-8"):
        decode_request(b"\x94\x00\x01\xa1\xff\x90")


@pytest.mark.parametrize("kind", [1, 2, -1])
def test_a_request_has_type_0(kind: int) -> None:
    with pytest.raises(RemoteProtocolError, match=f"its type is {kind}, not 0"):
        decode_request(encode((kind, 1, "add", ())))


@pytest.mark.parametrize("kind", [0, 2, -1])
def test_a_response_has_type_1(kind: int) -> None:
    with pytest.raises(RemoteProtocolError, match=f"its type is {kind}, not 1"):
        decode_response(encode((kind, 1, None, 5)))


@pytest.mark.parametrize(
    "parts",
    [(0, 1, "add"), (0, 1, "add", (), 0), ("0", 1, "add", ()), (0, "1", "add", ()), (0, 1, 5, ()), (0, 1, b"a", ()), 5],
)
def test_a_request_has_four_parts_of_their_types(parts: Any) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_request(encode(parts))


@pytest.mark.parametrize("error", ["raised", 5, ("raised",), ("raised", 5), ("raised", "a", "b")])
def test_an_error_is_a_kind_and_a_text(error: Any) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_response(encode((1, 1, error, None)))


# What has no MessagePack form


def endless() -> list[Any]:
    inner: list[Any] = []
    inner.append(inner)
    return inner


@pytest.mark.parametrize("value", [object(), 1 << 64, -(1 << 63) - 1, "\udcff", 1j, endless()])
def test_what_cannot_be_encoded_raises_what_callers_catch(value: Any) -> None:
    with pytest.raises(CANNOT_ENCODE):
        encode(value)
    with pytest.raises(CANNOT_ENCODE):
        encode_request(1, "m", (value,))


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\xa1\xff", NESTED])
def test_what_cannot_be_decoded_raises_what_callers_catch(data: bytes) -> None:
    with pytest.raises(CANNOT_DECODE):
        decode(data)
