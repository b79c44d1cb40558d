"""Control: the string by which a run is held from outside."""

import threading
from collections.abc import Callable

from reverie.errors import ReverieError


class Control:
    """Ends or leaves a run from outside. Safe to use from any thread and from a signal handler."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._end: Callable[[ReverieError], None] | None = None
        self._send_signal: Callable[[int], None] | None = None
        self._leave: Callable[[], None] | None = None
        self._left = False
        self._reason: ReverieError | None = None

    def end(self, reason: ReverieError) -> None:
        """Kill the guest and let the run raise ``reason``. The first reason counts.

        A guest that was attached to is not killed but left to itself.
        """
        with self._lock:
            if self._reason is None:
                self._reason = reason
            if self._end is not None:
                self._end(self._reason)

    def send_signal(self, signo: int) -> None:
        """Send a signal to the guest's first process, if it has started."""
        with self._lock:
            if self._send_signal is not None:
                self._send_signal(signo)

    def detach(self) -> None:
        """Leave a guest that was attached to: it runs on as if nothing had been, and the run returns.

        Raises:
            ReverieError: the run started the guest, with a filter that only a tracer can serve.
        """
        with self._lock:
            self._left = True
            if self._end is not None and self._leave is None:
                raise ReverieError("only a guest that was attached to can be left: Control.end ends this one")
            if self._leave is not None:
                self._leave()

    def connect(
        self,
        end: Callable[[ReverieError], None],
        send_signal: Callable[[int], None],
        leave: Callable[[], None] | None = None,
    ) -> None:
        """Used by a backend: name what carries the requests out. All must be safe from any thread."""
        with self._lock:
            self._end, self._send_signal, self._leave = end, send_signal, leave
            if self._reason is not None:
                end(self._reason)
            if self._left and leave is not None:
                leave()

    def disconnect(self) -> None:
        """Used by a backend: the run is over."""
        with self._lock:
            self._end = self._send_signal = self._leave = None


__all__ = ["Control"]
