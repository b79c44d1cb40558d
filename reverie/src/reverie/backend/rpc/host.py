"""The server: takes a request's bytes, calls the global tool, gives the response's bytes."""

from typing import Any

from reverie.backend.rpc import protocol
from reverie.backend.rpc.methods import Method, methods_of
from reverie.backend.rpc.protocol import CANNOT_DECODE, CANNOT_ENCODE, ErrorKind
from reverie.errors import ToolError
from reverie.global_tool import GlobalTool
from reverie_process import Tid


class Host:
    """Serves the one global state of a run. Several calls may be in progress; they interleave at awaits."""

    def __init__(self, state: GlobalTool[Any]) -> None:
        self._state = state
        self.methods: dict[str, Method] = methods_of(type(state))
        self.failures: dict[int, Exception] = {}
        """By msgid, what a method raised. For a caller in this process, who takes it from here."""

    async def serve(self, sender: Tid, data: bytes) -> bytes:
        """Carry out one request of a guest thread and return the response.

        Raises:
            RemoteProtocolError: the bytes are no request, so there is nobody to answer.
        """
        request = protocol.decode_request(data)
        method = self.methods.get(request.method)
        if method is None:
            return protocol.encode_error(request.msgid, ErrorKind.METHOD, self._unknown(request.method))
        try:
            params = method.decode_params(request.params)
        except CANNOT_DECODE as error:
            return protocol.encode_error(request.msgid, ErrorKind.ARGUMENTS, str(error))
        try:
            result = await method.function(self._state, sender, *params)
        except ToolError as error:
            return protocol.encode_error(request.msgid, ErrorKind.TOOL, str(error))
        except Exception as error:
            self.failures[request.msgid] = error
            text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            return protocol.encode_error(request.msgid, ErrorKind.RAISED, text)
        try:
            return protocol.encode_result(request.msgid, result)
        except CANNOT_ENCODE as error:
            return protocol.encode_error(request.msgid, ErrorKind.RESULT, f"{error} (the result is {result!r})")

    def _unknown(self, name: str) -> str:
        known = ", ".join(sorted(self.methods)) or "none"
        return f"{type(self._state).__name__} has no method {name!r} marked with @reverie.rpc; it has {known}"


__all__ = ["Host"]
