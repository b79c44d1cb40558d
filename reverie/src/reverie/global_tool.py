"""The state of a whole run: one object, reached from every guest thread by messages only."""

from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, Self, TypeVar

from reverie_process import Tid

C = TypeVar("C")
R = TypeVar("R")
P = ParamSpec("P")
G_co = TypeVar("G_co", bound="GlobalTool[Any]", covariant=True)
F = TypeVar("F", bound=Callable[..., Awaitable[Any]])

_MARK = "__reverie_rpc__"


class GlobalTool(Generic[C]):
    """The base of a tool's global state. ``C`` is the type of the tool's configuration.

    Methods marked with ``@reverie.rpc`` can be called from handlers; nothing else can,
    because a handler may run in another process on another backend.
    """

    def __init__(self, config: C) -> None:
        """Make the state of one run."""

    @classmethod
    async def init_global_state(cls, config: C) -> Self:
        """Make the state of one run, where that takes waiting: by default, call the class."""
        return cls(config)


class NoGlobal(GlobalTool[Any]):
    """The global state of a tool that needs none."""


def rpc(method: F) -> F:
    """Mark a method of a ``GlobalTool`` as callable from handlers.

    The method is ``async def name(self, sender: Tid, ...)``. Arguments and result cross
    as MessagePack values and are rebuilt from the method's annotations.
    """
    setattr(method, _MARK, True)
    return method


def is_rpc(method: object) -> bool:
    """Tell whether ``rpc`` marked this function."""
    return getattr(method, _MARK, False) is True


class Rpc(Protocol[G_co]):
    """What may be asked of the global state, from a handler or an exit callback."""

    async def call(
        self, method: Callable[Concatenate[G_co, Tid, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Call a method of the global state and wait for its result.

        Raises:
            LocalProtocolError: an argument cannot be expressed in MessagePack.
            RemoteError: the method raised.
        """
        ...


__all__ = ["GlobalTool", "NoGlobal", "Rpc", "is_rpc", "rpc"]
