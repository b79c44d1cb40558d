"""When a run does not end: say where everything stands, then kill the guest so that it does."""

import asyncio
import contextlib
import gc
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

GRACE_SECONDS: Final = 15.0
"""How long a run may take to end when its guest has been killed."""

STUCK: Final = 4
"""Our exit status when it does not: this process cannot run another round."""

_ASKED: Final = ("State:", "Tgid:", "PPid:", "TracerPid:", "SigPnd:", "ShdPnd:", "SigBlk:", "SigCgt:")


def guests(program: Path, mark: str) -> list[int]:
    """Return the processes of a round: those that run its program and have its mark in their environment."""
    name, entry = os.fsencode(program), mark.encode()
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (path / "cmdline").read_bytes().split(b"\0", 1)[0] != name:
                continue
            if entry in (path / "environ").read_bytes().split(b"\0"):
                found.append(int(path.name))
    return sorted(found)


def tracees() -> list[int]:
    """Return the processes that a thread of ours traces, also those that have no memory any more."""
    ours = set(os.listdir("/proc/self/task"))
    found = set()
    for path in Path("/proc").glob("[0-9]*/task/[0-9]*/status"):
        with contextlib.suppress(OSError):
            if _field(path.read_text(), "TracerPid:") in ours:
                found.add(int(path.parts[2]))
    return sorted(found)


def describe(pid: int) -> Iterator[str]:
    """Yield lines about each thread of a process."""
    for path in sorted(Path(f"/proc/{pid}/task").glob("*")):
        with contextlib.suppress(OSError):
            status = (path / "status").read_text()
            yield f"thread {path.name}: " + " ".join(f"{name}{_field(status, name)}" for name in _ASKED)
            for name in ("wchan", "syscall"):
                with contextlib.suppress(OSError):
                    yield f"    {name}: {(path / name).read_text().strip()}"


def describe_ourselves() -> Iterator[str]:
    """Yield lines about our threads, and about what the engine knows of its tracees."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    for ident, frame in sys._current_frames().items():
        yield f"our thread {names.get(ident, ident)}:"
        for line in traceback.format_stack(frame)[-8:]:
            yield "    " + line.splitlines()[0].strip()
    # The engine is not asked: it may be in no state to answer.
    for found in gc.get_objects():
        kind = f"{type(found).__module__}.{type(found).__qualname__}"
        if kind == "reverie_ptrace.tracee.Tracee":
            yield f"{found!r} mailbox: pending {found.mailbox.pending} awaited {found.mailbox.awaited}"
            yield f"    stopped: spent {found.stopped.spent}"
        elif kind == "reverie_ptrace.stops.router.Router":
            yield f"router: {sorted(found.tracees)}, unannounced {found._unknown}"
        elif kind == "trio._core._run.Task" or isinstance(found, asyncio.Task):
            yield f"task {getattr(found, 'name', '')}: {' <- '.join(_awaits(_coroutine(found)))}"


def _coroutine(task: Any) -> Any:
    return task.get_coro() if isinstance(task, asyncio.Task) else task.coro


def _awaits(coroutine: Any) -> Iterator[str]:
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
        if frame is None:
            yield type(coroutine).__name__
            return
        yield f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)


def _field(status: str, name: str) -> str:
    return status.partition(f"\n{name}")[2].split("\n", 1)[0].strip()


class Watch:
    """Around a run: ends its guest when it takes too long, and keeps what was seen then."""

    def __init__(self, program: Path, mark: str, limit_seconds: float) -> None:
        self._program = program
        self._mark = mark
        self._limit = limit_seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="torture-watch", daemon=True)
        self.seen: list[str] = []
        """Not empty when the run had to be ended."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        if self._over.wait(self._limit):
            return
        found = [f"still running after {self._limit:g} s"]
        pids = sorted({*guests(self._program, self._mark), *tracees()})
        for pid in pids:
            found += [f"process {pid}", *describe(pid)]
        found += describe_ourselves()
        self.seen = found
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if not self._over.wait(GRACE_SECONDS):
            print(*found, "and it did not end when its guest was killed", *describe_ourselves(), sep="\n", flush=True)
            os._exit(STUCK)


__all__ = ["GRACE_SECONDS", "STUCK", "Watch", "describe", "describe_ourselves", "guests", "tracees"]
