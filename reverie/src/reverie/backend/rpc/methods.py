"""The callable methods of a global tool: found by name, with decoders made from their annotations."""

import inspect
import typing
from collections.abc import Callable
from typing import Any

import msgspec

from reverie.errors import LocalProtocolError
from reverie.global_tool import GlobalTool, is_rpc


class Method(msgspec.Struct, frozen=True):
    """One method marked with ``rpc``."""

    name: str
    function: Callable[..., Any]
    signature: inspect.Signature
    """Without self and sender."""
    decode_params: Callable[[msgspec.Raw], tuple[Any, ...]]
    decode_result: Callable[[msgspec.Raw], Any]

    def positional(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Return all arguments in the places of their parameters, defaults filled in.

        Raises:
            TypeError: they do not fit the parameters.
        """
        bound = self.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return bound.args


def methods_of(tool: type[GlobalTool[Any]]) -> dict[str, Method]:
    """Return the callable methods of a global tool by name.

    Raises:
        LocalProtocolError: a method's parameters have types that cannot be rebuilt from MessagePack.
    """
    found = {}
    for name, function in inspect.getmembers(tool, inspect.isfunction):
        if is_rpc(function):
            found[name] = _method(tool, name, function)
    return found


def _method(tool: type[GlobalTool[Any]], name: str, function: Callable[..., Any]) -> Method:
    parameters = list(inspect.signature(function).parameters.values())
    if len(parameters) < 2 or any(p.kind in (p.VAR_KEYWORD, p.KEYWORD_ONLY, p.VAR_POSITIONAL) for p in parameters):
        raise LocalProtocolError(
            f"{tool.__name__}.{name} cannot be called by message: write it as"
            f" 'async def {name}(self, sender: Tid, ...)' with positional parameters only"
        )
    hints = typing.get_type_hints(function)
    types = [hints.get(p.name, Any) for p in parameters[2:]]
    try:
        decode_params = _params_decoder(types, sum(p.default is p.empty for p in parameters[2:]))
        decode_result = msgspec.msgpack.Decoder(hints.get("return", Any)).decode
    except TypeError as error:
        raise LocalProtocolError(
            f"{tool.__name__}.{name} has a type that cannot cross as MessagePack: {error}"
        ) from error
    signature = inspect.Signature([p.replace(kind=p.POSITIONAL_OR_KEYWORD) for p in parameters[2:]])
    return Method(name, function, signature, decode_params, decode_result)


def _params_decoder(types: list[Any], required: int) -> Callable[[msgspec.Raw], tuple[Any, ...]]:
    """Return a decoder for a method's parameter list; one that may be shorter when there are defaults."""
    if required == len(types):
        decoder: Callable[[msgspec.Raw], tuple[Any, ...]] = msgspec.msgpack.Decoder(tuple[tuple(types)]).decode  # type: ignore[misc]  # a tuple type made at run time
        return decoder
    by_length = {n: msgspec.msgpack.Decoder(tuple[tuple(types[:n])]).decode for n in range(required, len(types) + 1)}  # type: ignore[misc]  # a tuple type made at run time
    split = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode

    def decode(params: msgspec.Raw) -> tuple[Any, ...]:
        count = len(split(params))
        if count not in by_length:
            raise msgspec.ValidationError(f"Expected {required} to {len(types)} arguments, got {count}")
        result: tuple[Any, ...] = by_length[count](params)
        return result

    return decode


__all__ = ["Method", "methods_of"]
