"""MessagePack-RPC: values to bytes and back. No I/O.

A request is ``[0, msgid, method, params]``, a response ``[1, msgid, error, result]``,
as the MessagePack-RPC specification has it. An error is ``[kind, text]``.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import msgspec

from reverie.errors import RemoteProtocolError

REQUEST: Final = 0
RESPONSE: Final = 1

encode: Final = msgspec.msgpack.Encoder().encode
"""Return any value's MessagePack bytes. TypeError or OverflowError when it has none."""

_decode_request: Final = msgspec.msgpack.Decoder(tuple[int, int, str, msgspec.Raw]).decode
_decode_response: Final = msgspec.msgpack.Decoder(tuple[int, int, tuple[str, str] | None, msgspec.Raw]).decode


class ErrorKind(StrEnum):
    """Why a request has no result."""

    METHOD = "method"
    """There is no such method, or it is not marked for calls."""
    ARGUMENTS = "arguments"
    """The arguments do not fit the method's annotations."""
    RAISED = "raised"
    """The method raised."""
    RESULT = "result"
    """The method's result cannot be expressed in MessagePack."""


@dataclass(frozen=True, slots=True)
class Request:
    """A call of a method; ``params`` is still in MessagePack, for the method's own decoder."""

    msgid: int
    method: str
    params: msgspec.Raw


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to the request of the same ``msgid``."""

    msgid: int
    error: tuple[str, str] | None
    result: msgspec.Raw


def encode_request(msgid: int, method: str, params: tuple[Any, ...]) -> bytes:
    """Return a request's bytes."""
    return encode((REQUEST, msgid, method, params))


def encode_result(msgid: int, result: Any) -> bytes:
    """Return the bytes of a response that succeeded."""
    return encode((RESPONSE, msgid, None, result))


def encode_error(msgid: int, kind: ErrorKind, text: str) -> bytes:
    """Return the bytes of a response that failed."""
    return encode((RESPONSE, msgid, (kind.value, text), None))


def decode_request(data: bytes) -> Request:
    """Read a request.

    Raises:
        RemoteProtocolError: the bytes are no request.
    """
    try:
        kind, msgid, method, params = _decode_request(data)
    except msgspec.MsgspecError as error:
        raise RemoteProtocolError(f"not a MessagePack-RPC request: {error}") from error
    if kind != REQUEST:
        raise RemoteProtocolError(f"not a MessagePack-RPC request: its type is {kind}, not {REQUEST}")
    return Request(msgid, method, params)


def decode_response(data: bytes) -> Response:
    """Read a response.

    Raises:
        RemoteProtocolError: the bytes are no response.
    """
    try:
        kind, msgid, error, result = _decode_response(data)
    except msgspec.MsgspecError as problem:
        raise RemoteProtocolError(f"not a MessagePack-RPC response: {problem}") from problem
    if kind != RESPONSE:
        raise RemoteProtocolError(f"not a MessagePack-RPC response: its type is {kind}, not {RESPONSE}")
    return Response(msgid, error, result)


__all__ = [
    "ErrorKind",
    "Request",
    "Response",
    "decode_request",
    "decode_response",
    "encode",
    "encode_error",
    "encode_request",
    "encode_result",
]
