"""What the tracer needs of an event loop: one that also waits for tracees."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from reverie_ptrace.stops.mailbox import Mailbox

Deliver = Callable[[int, int], None]
"""Takes a tid and its wait status, inside the loop."""


class EventHost(Protocol):
    """Runs an event loop on this thread, in which the statuses of its tracees arrive."""

    def run(self, main: Callable[[], Awaitable[None]], deliver: Deliver) -> None:
        """Run ``main`` to its end. Every status goes to ``deliver``."""
        ...

    def mailbox(self) -> Mailbox:
        """Return a new mailbox that fits the loop. Inside ``run`` only."""
        ...

    def call_from_thread(self, function: Callable[[], None]) -> None:
        """Call a function inside the loop soon. From any thread, inside ``run`` only."""
        ...


__all__ = ["Deliver", "EventHost"]
