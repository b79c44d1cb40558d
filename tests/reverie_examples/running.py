"""Run `reverie` as users do: the installed script, in a process of its own."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

BIN = Path(sys.executable).parent
REVERIE = str(BIN / "reverie")
"""The script that the package's installation made."""

LIMIT = 50.0
"""Seconds; less than a test may take, so that what a hanging program wrote is shown."""

Word = str | bytes
Finished = subprocess.CompletedProcess[bytes]


def finish(words: Sequence[Word], *, stdin: bytes = b"", **options: Any) -> Finished:
    """Run a program to its end, with its three streams in pipes."""
    return subprocess.run(words, input=stdin, capture_output=True, timeout=LIMIT, **options)


def reverie(*words: Word, stdin: bytes = b"", **options: Any) -> Finished:
    """Run the `reverie` command to its end."""
    return finish([REVERIE, *words], stdin=stdin, **options)


def lines_of(text: bytes) -> list[str]:
    """Return the lines of an output, bytes that are no UTF-8 as escapes."""
    return text.decode(errors="backslashreplace").splitlines()


def the_one_line(run: Finished) -> str:
    """Return what reverie said, which has to be one line that names the speaker; and no traceback."""
    lines = lines_of(run.stderr)
    assert len(lines) == 1, f"stderr should be one line: {lines}"
    assert lines[0].startswith("reverie: "), lines[0]
    return lines[0]


def start(*words: Word, **options: Any) -> subprocess.Popen[bytes]:
    """Start the `reverie` command, its streams in pipes unless said otherwise."""
    for name in ("stdin", "stdout", "stderr"):
        options.setdefault(name, subprocess.PIPE)
    process: subprocess.Popen[bytes] = subprocess.Popen([REVERIE, *words], **options)
    return process


def read_line(process: subprocess.Popen[bytes]) -> bytes:
    """Return the next line that a process writes to its stdout; fail when none comes."""
    assert process.stdout is not None
    descriptor, line = process.stdout.fileno(), b""
    while not line.endswith(b"\n"):
        assert select.select([descriptor], [], [], LIMIT)[0], f"no line came, only {line!r}"
        byte = os.read(descriptor, 1)
        assert byte, f"the output ended with {line!r}"
        line += byte
    return line


class Lifeline:
    """A pipe that every process started with it holds open, however it forks or detaches.

    At its end all of them are gone: an event that can be waited for, whoever their parent is by then.
    """

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close_writing()
        os.close(self.reading)

    @property
    def options(self) -> dict[str, Any]:
        """What Popen needs in order to hand it on."""
        return {"pass_fds": (self.writing,)}

    def wait(self, seconds: float = LIMIT) -> bytes:
        """Wait for the end and return what was written into it."""
        self._close_writing()
        said, deadline = b"", time.monotonic() + seconds
        while True:
            ready, _, _ = select.select([self.reading], [], [], max(0, deadline - time.monotonic()))
            assert ready, "a process that should be gone still lives"
            chunk = os.read(self.reading, 65536)
            if not chunk:
                return said
            said += chunk

    def _close_writing(self) -> None:
        if self.writing >= 0:
            os.close(self.writing)
            self.writing = -1
