"""RPC to a global state in the same process. Every value crosses as bytes all the same.

So a tool that works here works where the other end is another process.
"""

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from reverie.backend.rpc import protocol
from reverie.backend.rpc.host import Host
from reverie.backend.rpc.protocol import CANNOT_DECODE, CANNOT_ENCODE, ErrorKind
from reverie.errors import LocalProtocolError, RemoteError, RemoteProtocolError, ReverieError, ToolError
from reverie.global_tool import GlobalTool
from reverie_process import Tid

G = TypeVar("G", bound=GlobalTool[Any])
R = TypeVar("R")
P = ParamSpec("P")

_msgids = count()


class LoopbackRpc(Generic[G]):
    """The calls of one guest thread to the global state."""

    def __init__(self, host: Host, sender: Tid) -> None:
        self._host = host
        self.sender = sender

    async def call(
        self, method: Callable[Concatenate[G, Tid, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Call a method of the global state. See ``reverie.Rpc.call``."""
        name = method.__name__
        host = self._host
        msgid = next(_msgids)
        params = args if not kwargs else _positional(host, name, args, kwargs)
        try:
            request = protocol.encode_request(msgid, name, params)
        except CANNOT_ENCODE as error:
            raise _cannot_cross(name, params, error) from error
        response = protocol.decode_response(await host.serve(self.sender, request))
        if response.error is not None:
            raise _failure(name, response.error) from host.failures.pop(msgid, None)
        try:
            result: R = host.methods[name].decode_result(response.result)
        except CANNOT_DECODE as error:
            raise RemoteProtocolError(f"{name} answered with something else than it promises: {error}") from error
        return result


def _positional(host: Host, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    method = host.methods.get(name)
    if method is None:
        return args + tuple(kwargs.values())  # the host will say that there is no such method
    try:
        return method.positional(args, kwargs)
    except TypeError as error:
        raise LocalProtocolError(f"cannot call {name}: {error}") from error


def _cannot_cross(name: str, params: tuple[Any, ...], error: Exception) -> LocalProtocolError:
    for index, value in enumerate(params, 1):
        try:
            protocol.encode(value)
        except CANNOT_ENCODE as cause:
            return LocalProtocolError(
                f"argument {index} of {name}, a {type(value).__name__}, cannot cross as MessagePack: {cause}."
                " Send ints, floats, strings, bytes, lists, dicts, dataclasses or enums"
            )
    return LocalProtocolError(f"the arguments of {name} cannot cross as MessagePack: {error}")


def _failure(name: str, error: tuple[str, str]) -> ReverieError:
    kind, text = error
    match kind:
        case ErrorKind.RAISED:
            return RemoteError(f"{name} of the global state raised {text}")
        case ErrorKind.TOOL:
            return ToolError(text)
        case ErrorKind.METHOD:
            return LocalProtocolError(text)
        case ErrorKind.ARGUMENTS:
            return LocalProtocolError(f"the arguments of {name} do not fit its annotations: {text}")
        case ErrorKind.RESULT:
            return RemoteProtocolError(f"the result of {name} cannot cross as MessagePack: {text}")
    return RemoteProtocolError(f"{name} failed with an unknown kind of error, {kind!r}: {text}")


__all__ = ["LoopbackRpc"]
