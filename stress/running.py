"""Run one command to its end or its time limit, and see what it leaves."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from stress.leftovers import (
    Objects,
    describe_descendants,
    kill_descendants,
    reap,
    wait_for_descendants,
)

_LOOK_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class Ended:
    """One run."""

    status: int | None
    """The exit status, a signal's number below 0, or None where the time was up."""
    output: str
    seconds: float
    left: tuple[str, ...] = ()
    """What it left behind: processes, files, ipc."""


@dataclass(slots=True)
class Runner:
    """Runs commands, one at a time, each in a new folder."""

    keep: Path | None = None
    """Where the outputs go to stay."""
    _count: int = field(default=0, init=False)

    def run(self, label: str, command: Sequence[str], limit: float, watched: Path | None = None) -> Ended:
        """Run a command to its end.

        Args:
            label: a name for the kept output.
            limit: how many seconds it may take; with ``watched``, how many that file may stay as long as it is.
        """
        self._count += 1
        folder = Path(tempfile.mkdtemp(prefix="stress-"))
        work = folder / "work"
        work.mkdir(mode=0o777)
        for path in (folder, work):
            path.chmod(0o777)  # some run as another user
        try:
            ended = _run(command, work, folder / "output", limit, watched)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if self.keep is not None:
            name = f"{self._count:04}-{label}".replace("/", "-")
            self.keep.mkdir(parents=True, exist_ok=True)
            (self.keep / name).write_text(f"{ended.output}\nstatus {ended.status}, {ended.seconds:.1f} s\n")
        return ended


def _run(command: Sequence[str], work: Path, output: Path, limit: float, watched: Path | None) -> Ended:
    before = Objects.look(work)
    began = time.monotonic()
    # To a file and not to a pipe: a process that is left over would hold the pipe open.
    with output.open("wb") as file:
        process = subprocess.Popen(
            command,
            cwd=work,
            env={**os.environ, "TMPDIR": str(work), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        status = _wait(process.pid, limit, watched)
    except BaseException:
        kill_descendants()
        raise
    process.returncode = status if status is not None else -9
    seconds = time.monotonic() - began
    lines = describe_descendants() if status is None else wait_for_descendants()
    kill_descendants()
    text = output.read_text(errors="backslashreplace")
    left = Objects.look(work).left_since(before) if status is not None else ()
    if lines:
        text += "\n".join(["", f"{'still running' if status is None else 'left over'}:", *lines, ""])
        left = ("processes", *left) if status is not None else ()
    return Ended(status, text, seconds, left)


def _wait(pid: int, limit: float, watched: Path | None) -> int | None:
    """Wait for a child, and reap whoever is orphaned meanwhile. None when the time is up."""
    size, deadline = -1, time.monotonic() + limit
    while True:
        statuses = reap()
        if pid in statuses:
            return os.waitstatus_to_exitcode(statuses[pid])
        if watched is not None and watched.exists() and (now := watched.stat().st_size) != size:
            size, deadline = now, time.monotonic() + limit
        if time.monotonic() > deadline:
            return None
        time.sleep(_LOOK_SECONDS)


__all__ = ["Ended", "Runner"]
