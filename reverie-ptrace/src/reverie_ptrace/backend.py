"""The backend contract, met by ptrace."""

from typing import Any, TypeVar

from reverie import BackendUnavailable, GlobalTool
from reverie.backend import Check, Control, RunOptions, RunResult
from reverie.tool import Tool
from reverie_process import Command
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
        reason = why_not()
        if reason is not None:
            raise BackendUnavailable(reason)
        return Tracer(tool, command, config, options, control).run()


__all__ = ["PtraceBackend"]
