"""What a test may not leave behind: children, tracees, threads, descriptors.

Two pictures of this process are compared, one from before the test and one from
after it. Nothing here sleeps or guesses: what is still going away (a thread past
its last statement, an object that only a reference cycle keeps) is joined or
collected first, so a test that cleans up never fails.
"""

import gc
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

JOIN_SECONDS = 2.0
"""How long a new thread may take to end; one that was told to needs microseconds."""

CACHED_THREADS = ("Trio thread ",)
"""Daemon threads of a library that are meant to stay.

trio keeps a worker thread for ten seconds after its last use, to use it again
(trio/_core/_thread_cache.py, IDLE_TIMEOUT); there is no way to ask it to stop.
"""


@dataclass(frozen=True, slots=True)
class Process:
    """One child or tracee; the start time tells it from a later one of the same id."""

    tid: int
    start_time: str
    state: str
    command: str

    def is_same(self, other: "Process") -> bool:
        """Say whether both are one process, whatever its state became."""
        return (self.tid, self.start_time) == (other.tid, other.start_time)

    def __str__(self) -> str:
        return f"{self.tid} ({self.command}, {'a zombie' if self.state == 'Z' else self.state})"


@dataclass(frozen=True, slots=True)
class Picture:
    """What this process has at one moment."""

    children: tuple[Process, ...]
    tracees: tuple[Process, ...]
    threads: frozenset[threading.Thread]
    descriptors: dict[int, str]

    @classmethod
    def take(cls) -> Self:
        """Look at this process now."""
        return cls(
            children=tuple(_children()),
            tracees=tuple(_tracees()),
            threads=frozenset(threading.enumerate()),
            descriptors=_descriptors(),
        )

    def left_over(self) -> list[str]:
        """Return one line for each thing that has come since this picture was taken.

        Threads that were told to end are waited for, and dropped objects are collected, first.
        """
        threads = self._threads_left()
        after = Picture.take()
        if self._descriptors_left(after):
            gc.collect()
            after = Picture.take()
        lines = [f"thread {thread.name!r} still runs" for thread in threads]
        lines += [f"child {child} was not reaped" for child in self.children_left(after)]
        lines += [
            f"tracee {tracee} is still traced"
            for tracee in after.tracees
            if not any(tracee.is_same(old) for old in (*self.tracees, *after.children))
        ]
        lines += [f"descriptor {number} is open: {target}" for number, target in self._descriptors_left(after).items()]
        return lines

    def children_left(self, after: "Picture") -> list[Process]:
        """Return the children in the later picture that are not in this one."""
        return [c for c in after.children if not any(c.is_same(old) for old in self.children)]

    def _threads_left(self) -> list[threading.Thread]:
        new = [
            thread
            for thread in threading.enumerate()
            if thread not in self.threads and not (thread.daemon and thread.name.startswith(CACHED_THREADS))
        ]
        for thread in new:
            thread.join(JOIN_SECONDS)
        return [thread for thread in new if thread.is_alive()]

    def _descriptors_left(self, after: "Picture") -> dict[int, str]:
        return {
            number: target for number, target in after.descriptors.items() if self.descriptors.get(number) != target
        }


def reap(children: list[Process]) -> None:
    """Kill and reap children that a test left, so that the next test does not meet them."""
    for child in children:
        try:
            os.kill(child.tid, signal.SIGKILL)
            os.waitpid(child.tid, 0)
        except (ProcessLookupError, ChildProcessError):
            continue  # it went between the picture and now


def _children() -> Iterator[Process]:
    for path in Path("/proc/self/task").glob("*/children"):
        try:
            ids = path.read_text().split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # that thread of ours has ended
        for tid in ids:
            yield from _process(int(tid))


def _tracees() -> Iterator[Process]:
    ours = set(os.listdir("/proc/self/task"))
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            tids = os.listdir(f"{entry.path}/task")
        except (FileNotFoundError, ProcessLookupError):
            continue
        for tid in tids:
            # TracerPid is the id of the tracing thread in that thread's status, proc_pid_status(5).
            if _tracer(f"{entry.path}/task/{tid}/status") in ours:
                yield from _process(int(tid))


def _tracer(status: str) -> str:
    try:
        text = Path(status).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return "0"
    return text.partition("\nTracerPid:")[2].split("\n", 1)[0].strip()


def _process(tid: int) -> Iterator[Process]:
    """Yield the one process, or nothing when it is gone."""
    try:
        text = Path(f"/proc/{tid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return
    # The command stands in parentheses and may hold any character: cut at the last one.
    head, _, tail = text.rpartition(")")
    fields = tail.split()
    yield Process(tid, start_time=fields[19], state=fields[0], command=head.partition("(")[2])


def _descriptors() -> dict[int, str]:
    found = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            found[int(name)] = os.readlink(f"/proc/self/fd/{name}")
        except FileNotFoundError:
            continue  # the descriptor of this very listing
    return found
