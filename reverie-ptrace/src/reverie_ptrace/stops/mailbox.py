"""Where a tracee's next stop waits for its task, or its task for the next stop.

A tracee is stopped until it is resumed, so there is one stop at most; only a death can
come on top of it, and then the death is what counts.
"""

import asyncio
from collections.abc import Callable, Generator
from contextvars import Context
from typing import Any, Protocol

import anyio

from reverie_ptrace.stops.status import Stop


class Mailbox(Protocol):
    """One tracee's place; ``await`` it for the next stop."""

    pending: Stop | None
    """A stop that nobody has taken yet."""

    @property
    def awaited(self) -> bool:
        """Whether the tracee's task waits here, and not inside a handler."""
        ...

    def put(self, stop: Stop) -> None:
        """Leave a stop, and let a waiting task run."""
        ...

    def __await__(self) -> Generator[Any, None, Stop]: ...


class EventMailbox:
    """A mailbox for any event loop."""

    __slots__ = ("_event", "pending")

    def __init__(self) -> None:
        self.pending: Stop | None = None
        self._event: anyio.Event | None = None

    @property
    def awaited(self) -> bool:
        """Whether the tracee's task waits here."""
        return self._event is not None

    def put(self, stop: Stop) -> None:
        """Leave a stop, and let a waiting task run. Call it inside the loop."""
        self.pending = stop
        if self._event is not None:
            self._event.set()

    def __await__(self) -> Generator[Any, None, Stop]:
        return self._next().__await__()

    async def _next(self) -> Stop:
        while self.pending is None:
            self._event = anyio.Event()
            try:
                await self._event.wait()
            finally:
                self._event = None
        stop, self.pending = self.pending, None
        return stop


class DirectMailbox:
    """A mailbox for asyncio whose ``put`` runs the waiting task at once.

    per stop: it follows the protocol that a task expects of what it waits for
    (``_asyncio_future_blocking``, ``add_done_callback``), so that a stop needs neither a
    Future nor a turn of the loop: 9.2 µs instead of 12.4 µs per call. ``put`` must be
    called where no task is running, that is from the loop's selector.
    """

    __slots__ = ("_asyncio_future_blocking", "_callback", "_cancelled", "_context", "_loop", "_message", "pending")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._asyncio_future_blocking = False
        self._callback: Callable[[Any], object] | None = None
        self._context: Context | None = None
        self._cancelled = False
        self._message: object = None
        self.pending: Stop | None = None

    @property
    def awaited(self) -> bool:
        """Whether the tracee's task waits here."""
        return self._callback is not None

    def put(self, stop: Stop) -> None:
        """Leave a stop, and run the waiting task until it waits again."""
        self.pending = stop
        callback, context = self._callback, self._context
        if callback is not None and context is not None:
            self._callback = None
            context.run(callback, self)

    def __await__(self) -> Generator[Any, None, Stop]:
        while self.pending is None:
            self._asyncio_future_blocking = True
            yield self
        stop, self.pending = self.pending, None
        return stop

    __iter__ = __await__

    # What a task asks of the thing it waits for:

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """Return the loop of the waiting task."""
        return self._loop

    def add_done_callback(self, callback: Callable[[Any], object], *, context: Context) -> None:
        """Keep the task's wake-up."""
        self._callback, self._context = callback, context

    def result(self) -> None:
        """Tell the waking task whether it was cancelled."""
        if self._cancelled:
            self._cancelled = False
            # anyio knows by the message that the cancellation is its own.
            raise asyncio.CancelledError(self._message)

    def done(self) -> bool:
        """Return False: as long as a task waits here, there is no stop."""
        return False

    def cancel(self, msg: object = None) -> bool:
        """Wake the task with CancelledError, in the loop's next turn.

        anyio asks again and again until a cancelled task has gone on. It must be told that
        the wake-up is under way: after a False the task would be cancelled once more, at
        its next wait.
        """
        if self._cancelled:
            return True
        callback, context = self._callback, self._context
        if callback is None:
            return False
        self._callback = None
        self._cancelled = True
        self._message = msg
        self._loop.call_soon(callback, self, context=context)
        return True


__all__ = ["DirectMailbox", "EventMailbox", "Mailbox"]
