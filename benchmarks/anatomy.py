"""Where a stop's time goes: ``python -m benchmarks.anatomy [CALLS]``.

First the CPU time of the tracer's thread for each call that the guest makes, by tool: its
Python and the kernel's part of its requests, but neither the guest nor the waiting. Other
programs hardly disturb it, so it is what to look at while one makes a stop cheaper.

Then Python's calls per passed-through stop. A profiler makes every call dearer than it is:
the counts are the result and the shares a hint. Calls through ctypes are not listed, for the
profiler does not see them; there are three to a stop: wait4, PTRACE_GET_SYSCALL_INFO and
PTRACE_CONT.
"""

import cProfile
import signal
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL
from types import CodeType
from typing import Any, Final

from benchmarks.errors import BenchmarkError
from benchmarks.looking import Looking
from benchmarks.programs import compile_programs
from reverie import Command, Tool
from reverie.backend import Control, RunOptions
from reverie_examples.counter1 import Counter1
from reverie_examples.counter2 import Counter2
from reverie_examples.noop import Noop
from reverie_examples.strace.options import StraceConfig, parse_trace_set
from reverie_examples.strace.tool import Strace
from reverie_ptrace import PtraceBackend

_CALLS: Final = 10_000
_ROUNDS: Final = 5
_ONCE_PER_STOP: Final = 0.5
"""What runs less often than this per stop belongs to the start and the end."""

_TOOLS: Final[tuple[tuple[type[Tool[Any, Any]], Any], ...]] = (
    (Noop, "syscalls"),
    (Counter2, None),
    (Counter1, None),
    (Looking, None),
    (Strace, StraceConfig(wanted=parse_trace_set("getppid"), output="/dev/null")),
)


@dataclass(frozen=True, slots=True)
class Called:
    """One function, how often a stop calls it, and its own part of the time of all that a stop calls."""

    where: str
    per_stop: float
    share: float


def cpu_per_call(tool: type[Tool[Any, Any]], config: Any, calls: int) -> float:
    """Return the tracer's CPU time for one call under a tool, in microseconds."""

    def cpu(calls: int) -> float:
        began = time.thread_time()
        _run(tool, config, calls)
        return time.thread_time() - began

    few = max(1, calls // 100)
    # A run of few calls costs the same at its start and end: it is taken off.
    each = [(cpu(calls) - cpu(few)) / (_made(calls) - _made(few)) for _ in range(_ROUNDS)]
    return statistics.median(each) * 1e6


def profile(calls: int) -> list[Called]:
    """Pass so many calls through under a profiler; return what each stop calls, the dearest first."""
    profiler = cProfile.Profile()
    profiler.runcall(_run, *_TOOLS[0], calls)
    return sorted(_per_stop(profiler, _made(calls)), key=lambda called: -called.share)


def _run(tool: type[Tool[Any, Any]], config: Any, calls: int) -> None:
    command = Command(["loop", str(calls)], env=compile_programs().environment, stdout=DEVNULL)
    # The backend itself, on this very thread: reverie.run makes another, and clock and profiler see one.
    PtraceBackend().run(tool, command, config, RunOptions(), Control())


def _made(calls: int) -> int:
    """How many calls loop.c makes, with those that it does not count."""
    return calls + calls // 10 + 1


def _per_stop(profiler: cProfile.Profile, stops: int) -> Iterator[Called]:
    entries = [entry for entry in profiler.getstats() if entry.callcount / stops >= _ONCE_PER_STOP]
    total = sum(entry.inlinetime for entry in entries)
    for entry in entries:
        yield Called(_where(entry.code), entry.callcount / stops, entry.inlinetime / total)


def _where(code: CodeType | str) -> str:
    if isinstance(code, str):
        return code  # one that is written in C
    return f"{Path(code.co_filename).stem}.{code.co_qualname}"


def main() -> None:
    """Print both."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` is no error
    try:
        calls = int(sys.argv[1]) if len(sys.argv) > 1 else _CALLS
        if calls < 100:
            raise BenchmarkError(f"{calls} calls are too few: give 100 or more")
        print("CPU time of the tracer per call")
        for tool, config in _TOOLS:
            print(f"{cpu_per_call(tool, config, calls):8.1f} µs  {tool.__name__.lower()}", flush=True)
        listed = profile(calls)
    except (BenchmarkError, ValueError) as error:
        sys.exit(f"benchmarks: {error}")
    print("\nper stop  share  function")
    for called in listed:
        print(f"{called.per_stop:8.2f}  {called.share:5.1%}  {called.where}")
    print(f"{sum(called.per_stop for called in listed):8.2f}         in all")


if __name__ == "__main__":
    main()
