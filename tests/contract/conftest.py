"""How a contract test runs a tool: on the backend and the event loop that it is given."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest

import reverie
from reverie import Command, RunResult, Tool
from tests.support.backends import BackendUnderTest

LONGEST_SECONDS = 15.0


class Trace(Protocol):
    """Runs a tool on a command, as `reverie.run` does."""

    def __call__(
        self, tool: type[Tool[Any, Any]], command: Sequence[str | Path] | Command, **options: Any
    ) -> RunResult[Any]: ...


@pytest.fixture
def trace(backend: BackendUnderTest) -> Trace:
    """Run a tool on the backend under test. Paths may stand among the command's words."""

    def run(tool: type[Tool[Any, Any]], command: Sequence[str | Path] | Command, **options: Any) -> RunResult[Any]:
        if not isinstance(command, Command):
            command = Command([str(word) for word in command])
        options.setdefault("timeout", LONGEST_SECONDS)  # so that a guest that hangs is a failure with a reason
        return reverie.run(tool, command, backend=backend.name, event_loop=backend.event_loop, **options)

    return run
