"""What a backend is, and what passes between it and the one who starts a run."""

from collections.abc import Sequence
from typing import Any, Generic, Literal, Protocol, TypeVar, runtime_checkable

import msgspec

from reverie.control import Control
from reverie.global_tool import GlobalTool
from reverie.tool import Tool
from reverie_process import Command, ExitStatus, Pid

G = TypeVar("G", bound=GlobalTool[Any])
EventLoop = Literal["asyncio", "trio"]


class RunResult(msgspec.Struct, Generic[G], frozen=True):
    """The outcome of a run, when the last process of the guest is gone."""

    status: ExitStatus
    """How the first process ended; ``is_running`` when it was attached to and left."""
    global_state: G
    """The tool's global state; nobody else holds it any more."""
    stdout: bytes | None = None
    """What the guest wrote, when the command had ``stdout=PIPE``."""
    stderr: bytes | None = None


class RunOptions(msgspec.Struct, frozen=True):
    """How to run, as far as it concerns every backend."""

    event_loop: EventLoop = "asyncio"
    """Which loop the handlers run in."""
    timeout: float | None = None
    """Seconds after which the guest is killed and ``RunTimeout`` raised."""
    colocate: bool = True
    """Whether the backend may keep itself and the guest on one CPU while they do nothing but talk to each other."""


class Check(msgspec.Struct, frozen=True):
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


__all__ = ["AttachingBackend", "Backend", "Check", "EventLoop", "RunOptions", "RunResult"]
