"""What a backend is, and what passes between it and the one who starts a run."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar, runtime_checkable

from reverie.errors import ReverieError
from reverie.global_tool import GlobalTool
from reverie.tool import Tool
from reverie_process import Command, ExitStatus, Pid

G = TypeVar("G", bound=GlobalTool[Any])
EventLoop = Literal["asyncio", "trio"]


@dataclass(frozen=True, slots=True)
class RunResult(Generic[G]):
    """The outcome of a run, when the last process of the guest is gone."""

    status: ExitStatus
    """How the first process ended; ``is_running`` when it was attached to and left."""
    global_state: G
    """The tool's global state; nobody else holds it any more."""
    stdout: bytes | None = None
    """What the guest wrote, when the command had ``stdout=PIPE``."""
    stderr: bytes | None = None


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to run, as far as it concerns every backend."""

    event_loop: EventLoop = "asyncio"
    """Which loop the handlers run in."""
    timeout: float | None = None
    """Seconds after which the guest is killed and ``RunTimeout`` raised."""


class Control:
    """Ends a run from outside. Safe to use from any thread and from a signal handler."""

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


@dataclass(frozen=True, slots=True)
class Check:
    """Something that a backend needs or can use, and whether it is here."""

    name: str
    passed: bool
    finding: str = ""
    remedy: str = ""
    """What to change, when it is not here."""
    required: bool = True


class Backend(Protocol):
    """A way to stop a guest. It hosts any tool; nothing in it is made for one."""

    name: str

    def unavailable(self) -> str | None:
        """Return why this machine cannot run it and what to change, or None when it can."""
        ...

    def checks(self) -> list[Check]:
        """Try out what the backend needs and what it can use here. For ``reverie doctor``."""
        ...

    def run(
        self, tool: type[Tool[G, Any]], command: Command, config: Any, options: RunOptions, control: Control
    ) -> RunResult[G]:
        """Run the command under the tool until the last process is gone. Blocks.

        Called on a thread that is the run's own, so a backend may bind kernel state to it.

        Raises:
            SpawnError: the command could not be started.
            ToolError: the tool raised.
            BackendUnavailable: this machine cannot.
            ReverieError: the reason given to ``Control.end``.
        """
        ...


@runtime_checkable
class AttachingBackend(Protocol):
    """A backend that can also be put on processes that run already."""

    def attach(
        self, tool: type[Tool[G, Any]], pids: Sequence[Pid], config: Any, options: RunOptions, control: Control
    ) -> RunResult[G]:
        """Trace the processes, with all their threads, until they end or ``Control.detach`` is called. Blocks.

        Whatever ends the run, a process that was attached to is never killed.

        Raises:
            BackendUnavailable: there is no such process, or it cannot be traced.
            ToolError: the tool raised.
            ReverieError: the reason given to ``Control.end``.
        """
        ...


__all__ = ["AttachingBackend", "Backend", "Check", "Control", "EventLoop", "RunOptions", "RunResult"]
