"""The backend contract, met by ptrace."""

from collections.abc import Sequence
from typing import Any, TypeVar

from reverie import BackendUnavailable, GlobalTool
from reverie.backend import Check, Control, RunOptions, RunResult
from reverie.tool import Tool
from reverie_process import Command, Pid
from reverie_ptrace.attach import Attach
from reverie_ptrace.launch import Launch
from reverie_ptrace.probe import examine, why_not
from reverie_ptrace.tracer import Tracer

G = TypeVar("G", bound=GlobalTool[Any])


class PtraceBackend:
    """Stops guests by ptrace(2) and a seccomp filter. The reference for all other backends."""

    name = "ptrace"

    def unavailable(self) -> str | None:
        """See ``reverie.backend.Backend``."""
        return why_not()

    def checks(self) -> list[Check]:
        """See ``reverie.backend.Backend``."""
        return examine()

    def run(
        self, tool: type[Tool[G, Any]], command: Command, config: Any, options: RunOptions, control: Control
    ) -> RunResult[G]:
        """See ``reverie.backend.Backend``."""
        _ensure_available()
        return Tracer(tool, Launch(command), config, options, control).run()

    def attach(
        self, tool: type[Tool[G, Any]], pids: Sequence[Pid], config: Any, options: RunOptions, control: Control
    ) -> RunResult[G]:
        """See ``reverie.backend.AttachingBackend``."""
        _ensure_available()
        return Tracer(tool, Attach(pids), config, options, control).run()


def _ensure_available() -> None:
    reason = why_not()
    if reason is not None:
        raise BackendUnavailable(reason)


__all__ = ["PtraceBackend"]
