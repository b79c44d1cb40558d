"""What the tests of the example tools share."""

from collections.abc import Callable
from pathlib import Path

import pytest

Words = list[str]

TOOLS = ("noop", "counter1", "counter2", "strace")


@pytest.fixture(params=TOOLS)
def tool(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Words:
    """Give the words of each tool that stops at every system call and writes nothing to stdout."""
    return tool_words(request.param, tmp_path_factory.mktemp("trace") / "trace.txt")


def tool_words(name: str, trace: Path) -> Words:
    """Return the words that run a tool with all system calls."""
    options = {"noop": ["--subscribe", "syscalls"], "strace": ["-o", str(trace)]}
    return [name, *options.get(name, [])]


MakeFolder = Callable[[str], Path]


@pytest.fixture
def folder(tmp_path: Path) -> MakeFolder:
    """Make a folder of its own for each of the two runs of a program that writes files."""

    def make(name: str) -> Path:
        path = tmp_path / name / "here"
        path.mkdir(parents=True)
        return path

    return make
