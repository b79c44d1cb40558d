"""What a program leaves behind: processes, files, System V objects.

This process is made the reaper of all that descends from it (prctl(2),
PR_SET_CHILD_SUBREAPER): whoever is orphaned becomes its child, daemons too. So what is
left is found as what is still a child when the program has ended, and no name or
environment, which programs change, is looked at.
"""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from reverie_process import libc

_PR_SET_CHILD_SUBREAPER: Final = 36
_SHARED_MEMORY: Final = Path("/dev/shm")
_SYSV: Final = ("msg", "sem", "shm")
_GRACE_SECONDS: Final = 5.0
"""How long a daemon may live after the program: some natively end a moment later."""


def become_reaper() -> None:
    """Let orphaned descendants become children of this process."""
    if libc.library.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise libc.os_error()


@dataclass(frozen=True, slots=True)
class Objects:
    """The names of what outlives processes, at one moment."""

    ipc: frozenset[str]
    files: frozenset[str]

    @classmethod
    def look(cls, folder: Path) -> Self:
        """Look at the machine's, and at the files of a folder."""
        shared = {str(path) for path in _SHARED_MEMORY.glob("*")}
        return cls(frozenset(_ipc()), frozenset(shared | {str(path) for path in folder.rglob("*")}))

    def left_since(self, before: Self) -> tuple[str, ...]:
        """Return the kinds of which there is more than before."""
        kinds = (("files", self.files - before.files), ("ipc", self.ipc - before.ipc))
        return tuple(kind for kind, more in kinds if more)


def _ipc() -> Iterator[str]:
    for kind in _SYSV:
        for line in Path(f"/proc/sysvipc/{kind}").read_text().splitlines()[1:]:
            yield f"{kind} {line.split()[1]}"


def reap() -> dict[int, int]:
    """Take the status of every child that has ended."""
    statuses = {}
    try:
        while (pid := (end := os.waitpid(-1, os.WNOHANG))[0]) != 0:
            statuses[pid] = end[1]
    except ChildProcessError:
        pass  # there is no child at all
    return statuses


def wait_for_descendants() -> list[str]:
    """Give descendants a moment to end; return a line for each that has not."""
    deadline = time.monotonic() + _GRACE_SECONDS
    while True:
        reap()
        lines = describe_descendants()
        if not lines or time.monotonic() > deadline:
            return lines
        time.sleep(0.02)


def kill_descendants() -> None:
    """Kill all descendants and reap them; who is orphaned meanwhile is found in the next round."""
    while children := _children(os.getpid()):
        for pid in [*children, *(pid for child in children for pid in _descendants(child))]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue  # it was faster
        reap()
        time.sleep(0.01)


def describe_descendants() -> list[str]:
    """Return a line for each descendant: its id, name, state, and where it waits in the kernel."""
    return [line for pid in _descendants(os.getpid()) for line in _describe(pid)]


def _descendants(pid: int) -> Iterator[int]:
    for child in _children(pid):
        yield child
        yield from _descendants(child)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, path.read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue  # that thread has ended
    return found


def _describe(pid: int) -> Iterator[str]:
    for folder in Path(f"/proc/{pid}/task").glob("*"):
        try:
            fields = dict(
                line.split(":\t", 1) for line in (folder / "status").read_text().splitlines() if ":\t" in line
            )
            place = (folder / "wchan").read_text()
            call = (folder / "syscall").read_text().split()[0]
        except OSError:
            continue  # it has ended
        state = " ".join(f"{name}={fields.get(name)}" for name in ("PPid", "TracerPid", "SigPnd", "ShdPnd", "SigBlk"))
        yield f"{folder.name} of {pid} {fields.get('Name')} {fields.get('State')} {state} call {call} in {place}"


__all__ = [
    "Objects",
    "become_reaper",
    "describe_descendants",
    "kill_descendants",
    "reap",
    "wait_for_descendants",
]
