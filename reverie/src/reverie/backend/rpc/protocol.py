"""MessagePack-RPC: values to bytes and back. No I/O.

A request is ``[0, msgid, method, params]``, a response ``[1, msgid, error, result]``,
as the MessagePack-RPC specification has it. An error is ``[kind, text]``.
"""

from enum import StrEnum
from typing import Any, Final

import msgspec

from reverie.errors import RemoteProtocolError

REQUEST: Final = 0
RESPONSE: Final = 1

CANNOT_ENCODE: Final = (TypeError, ValueError, OverflowError, NotImplementedError, RecursionError)
"""What ``encode`` raises for a value that has no MessagePack form: an object, a surrogate, a list in itself."""

CANNOT_DECODE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What a decoder raises for bytes that it cannot read: cut short, not UTF-8, or nested without end."""

encode: Final = msgspec.msgpack.Encoder().encode
"""Return any value's MessagePack bytes, or raise one of ``CANNOT_ENCODE``."""


class ErrorKind(StrEnum):
    """Why a request has no result."""

    METHOD = "method"
    """There is no such method, or it is not marked for calls."""
    ARGUMENTS = "arguments"
    """The arguments do not fit the method's annotations."""
    RAISED = "raised"
    """The method raised."""
    TOOL = "tool"
    """The method raised a ToolError: its text is for the tool's user."""
    RESULT = "result"
    """The method's result cannot be expressed in MessagePack."""


class Request(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A call of a method; ``params`` is still in MessagePack, for the method's own decoder."""

    kind: int
    msgid: int
    method: str
    params: msgspec.Raw


class Response(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The answer to the request of the same ``msgid``."""

    kind: int
    msgid: int
    error: tuple[str, str] | None
    result: msgspec.Raw


_decode_request: Final = msgspec.msgpack.Decoder(Request).decode
_decode_response: Final = msgspec.msgpack.Decoder(Response).decode


def encode_request(msgid: int, method: str, params: tuple[Any, ...]) -> bytes:
    """Return a request's bytes."""
    return encode((REQUEST, msgid, method, params))


def encode_result(msgid: int, result: Any) -> bytes:
    """Return the bytes of a response that succeeded."""
    return encode((RESPONSE, msgid, None, result))


def encode_error(msgid: int, kind: ErrorKind, text: str) -> bytes:
    """Return the bytes of a response that failed. Surrogates in the text, as in a file's name, are spelled out."""
    sendable = text.encode("utf-8", "backslashreplace").decode()
    return encode((RESPONSE, msgid, (kind.value, sendable), None))


def decode_request(data: bytes) -> Request:
    """Read a request.

    Raises:
        RemoteProtocolError: the bytes are no request.
    """
    try:
        request = _decode_request(data)
    except CANNOT_DECODE as error:
        raise RemoteProtocolError(f"not a MessagePack-RPC request: {error}") from error
    if request.kind != REQUEST:
        raise RemoteProtocolError(f"not a MessagePack-RPC request: its type is {request.kind}, not {REQUEST}")
    return request


def decode_response(data: bytes) -> Response:
    """Read a response.

    Raises:
        RemoteProtocolError: the bytes are no response.
    """
    try:
        response = _decode_response(data)
    except CANNOT_DECODE as problem:
        raise RemoteProtocolError(f"not a MessagePack-RPC response: {problem}") from problem
    if response.kind != RESPONSE:
        raise RemoteProtocolError(f"not a MessagePack-RPC response: its type is {response.kind}, not {RESPONSE}")
    return response


__all__ = [
    "CANNOT_DECODE",
    "CANNOT_ENCODE",
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
