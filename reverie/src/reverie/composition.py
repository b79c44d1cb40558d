"""A tool made of others: their handlers are called with the same guest, each with its own part of the state.

The outer tool keeps the inner one's process state among its own, and the inner one's
thread state within its own::

    class Both(Tool[Totals, BothState]):
        def __init__(self, pid: Pid, config: Config) -> None:
            self.counter = Counter(pid, config)

        async def handle_syscall_event(self, guest: Guest[Totals, BothState], call: Syscall) -> int:
            return await self.counter.handle_syscall_event(into_guest(guest, lambda state: state.counter), call)

Both have the same global state. What the inner tool does to the guest is the outer one's
doing: when it ends by ``tail_inject``, the outer handler ends too.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from reverie.errors import ReverieError
from reverie.global_tool import GlobalTool
from reverie.guest import Guest

G = TypeVar("G", bound=GlobalTool[Any])
Outer = TypeVar("Outer")
Inner = TypeVar("Inner")


def into_guest(
    guest: Guest[G, Outer],
    part: Callable[[Outer], Inner],
    store: Callable[[Outer, Inner], Outer] | None = None,
) -> Guest[G, Inner]:
    """Return the same guest for a tool whose thread state is a part of the outer one's.

    Args:
        part: takes the inner tool's state out of the outer one's.
        store: returns the outer state with another inner one; needed only by an inner tool
            that assigns ``guest.thread_state``, rather than changing what it refers to.
    """
    return cast("Guest[G, Inner]", _PartOfGuest(guest, part, store))


class _PartOfGuest(Generic[G, Outer, Inner]):
    """Everything is the outer guest's but ``thread_state``."""

    __slots__ = ("_guest", "_part", "_store")

    def __init__(
        self,
        guest: Guest[G, Outer],
        part: Callable[[Outer], Inner],
        store: Callable[[Outer, Inner], Outer] | None,
    ) -> None:
        self._guest = guest
        self._part = part
        self._store = store

    @property
    def thread_state(self) -> Inner:
        return self._part(self._guest.thread_state)

    @thread_state.setter
    def thread_state(self, state: Inner) -> None:
        if self._store is None:
            raise ReverieError(
                "the tool assigns guest.thread_state, so into_guest needs its third argument:"
                " a function that puts the new state into the outer one"
            )
        self._guest.thread_state = self._store(self._guest.thread_state, state)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._guest, name)


__all__ = ["into_guest"]
