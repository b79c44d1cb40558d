"""The rows of the table: what is measured of whom, and against whom."""

import difflib
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from benchmarks import contenders as c
from benchmarks.contenders import Contender
from benchmarks.errors import BenchmarkError


@dataclass(frozen=True, slots=True)
class Sizes:
    """How often a guest does what it does."""

    stopped_calls: int
    """When each call stops: tens of microseconds."""
    free_calls: int
    """When none does: a tenth of a microsecond."""
    births: int
    """Processes or threads: a millisecond."""
    computations: int
    """Some milliseconds."""


FULL: Final = Sizes(stopped_calls=10_000, free_calls=2_000_000, births=100, computations=30)
QUICK: Final = Sizes(stopped_calls=500, free_calls=100_000, births=10, computations=2)


@dataclass(frozen=True, slots=True)
class Guest:
    """What is run: a program's words, and which of the sizes is its last one."""

    words: tuple[str, ...]
    size: str | None = None

    def command(self, sizes: Sizes) -> list[str]:
        """Return its command line."""
        return [*self.words] if self.size is None else [*self.words, str(getattr(sizes, self.size))]


@dataclass(frozen=True, slots=True)
class Reading:
    """Which of the figures that a run printed is taken, and what it is in the table's unit."""

    figure: str
    unit: str
    divisor: float


@dataclass(frozen=True, slots=True)
class Row:
    """Ours and a peer, doing the same."""

    name: str
    about: str
    reading: Reading
    ours: Contender
    peer: Contender
    guest: Guest
    peer_guest: Guest | None = None
    """When the peer has another: it is a program by itself, or the same tracer with less to do."""


_PER_CALL: Final = Reading("ns_per_call", "µs/call", 1e3)
_PER_FREE_CALL: Final = Reading("ns_per_call", "ns/call", 1)
_PER_BIRTH: Final = Reading("ns_per_birth", "µs/birth", 1e3)
_PARALLEL: Final = Reading("wall_ns_inside", "ms", 1e6)
_WALL: Final = Reading("wall_ns", "ms", 1e6)
_CPU: Final = Reading("cpu_ns", "ms CPU", 1e6)
_MEMORY: Final = Reading("peak_kib", "MiB", 1024)

_STOPPED: Final = Guest(("loop",), "stopped_calls")
_FREE: Final = Guest(("loop",), "free_calls")
_THREADS_1000: Final = Guest(("crowd", "threads", "1000"), "stopped_calls")
_PROCESSES_500: Final = Guest(("crowd", "processes", "500"), "stopped_calls")
_EXECS: Final = Guest(("births", "exec"), "births")
_THREADS: Final = Guest(("births", "thread"), "births")
_TRUE: Final = Guest(("true",))
_COMPUTING: Final = Guest(("parallel", "8"), "computations")
_PROGRAMS: Final = {
    "ls": Guest(("ls", "-lR", "/usr/share/doc")),
    "git": Guest(("git", "status")),
    "python": Guest((sys.executable, "-c", "import asyncio")),
    "gcc": Guest(("gcc", "-c", "-o", "/dev/null", "benchmarks/loop.c")),
}
_EMPTY_PYTHON: Final = Guest((sys.executable, "-c", "pass"))

_PYTHON: Final = Contender("python3 -c pass")

ROWS: Final = (
    Row("pass", "a call that stops and is passed through", _PER_CALL, c.NOOP_ALL, c.STRACE, _STOPPED),
    Row("floor", "the same, over the least that the kernel takes", _PER_CALL, c.NOOP_ALL, c.C_FLOOR, _STOPPED),
    Row("floor-strace", "the kernel's least against strace", _PER_CALL, c.C_FLOOR, c.STRACE, _STOPPED),
    Row("line", "a line of strace", _PER_CALL, c.LINES, c.STRACE, _STOPPED),
    Row("counter1", "a call counted by a message", _PER_CALL, c.COUNTER1, c.STRACE, _STOPPED),
    Row("counter2", "a call counted in the thread's state", _PER_CALL, c.COUNTER2, c.STRACE, _STOPPED),
    Row("look", "a call injected as it is, its result looked at", _PER_CALL, c.LOOKING, c.STRACE, _STOPPED),
    Row("unwatched", "a call when nothing is subscribed", _PER_FREE_CALL, c.NOOP, c.NATIVE, _FREE),
    Row("elsewhere", "a call when others are subscribed", _PER_FREE_CALL, c.LINES_ELSEWHERE, c.NATIVE, _FREE),
    Row("filter", "the same, over that filter alone", _PER_FREE_CALL, c.LINES_ELSEWHERE, c.BARE_FILTER, _FREE),
    Row("exec", "fork, exec, exit, wait: all calls stop", _PER_BIRTH, c.NOOP_ALL, c.STRACE, _EXECS),
    Row("exec-elsewhere", "the same: no call stops", _PER_BIRTH, c.LINES_ELSEWHERE, c.STRACE_ELSEWHERE, _EXECS),
    Row("thread", "pthread_create, join: all calls stop", _PER_BIRTH, c.NOOP_ALL, c.STRACE, _THREADS),
    Row("thread-elsewhere", "the same: no call stops", _PER_BIRTH, c.LINES_ELSEWHERE, c.STRACE_ELSEWHERE, _THREADS),
    Row("threads-1000", "pass, among 1,000 threads", _PER_CALL, c.NOOP_ALL, c.NOOP_ALL, _THREADS_1000, _STOPPED),
    Row("processes-500", "pass, among 500 processes", _PER_CALL, c.NOOP_ALL, c.NOOP_ALL, _PROCESSES_500, _STOPPED),
    Row("parallel", "8 threads that compute and call now and then", _PARALLEL, c.NOOP_ALL, c.NATIVE, _COMPUTING),
    *(
        Row(f"trace-{name}", f"a whole trace of `{' '.join(guest.words[-2:])}`", _WALL, c.TRACE, c.STRACE_FILE, guest)
        for name, guest in _PROGRAMS.items()
    ),
    Row("start", "from start to end, of `true`", _WALL, c.NOOP, c.STRACE, _TRUE),
    Row("start-python", "the same, over Python's own", _WALL, c.NOOP, _PYTHON, _TRUE, _EMPTY_PYTHON),
    Row("start-cpu", "the same, as time on a CPU", _CPU, c.NOOP, _PYTHON, _TRUE, _EMPTY_PYTHON),
    Row("memory", "the tracer's peak, of `true`", _MEMORY, c.NOOP, c.STRACE, _TRUE),
    Row("memory-threads", "the same, with 1,000 threads", _MEMORY, c.NOOP_ALL, c.NOOP_ALL, _THREADS_1000, _STOPPED),
    Row("memory-python", "the same, over Python's own", _MEMORY, c.NOOP, _PYTHON, _TRUE, _EMPTY_PYTHON),
)


def choose(names: Iterable[str]) -> tuple[Row, ...]:
    """Return the rows of these names, in the table's order; all when none is given.

    Raises:
        BenchmarkError: there is no such row.
    """
    wanted = set(names)
    known = [row.name for row in ROWS]
    for name in sorted(wanted.difference(known)):
        nearest = difflib.get_close_matches(name, known) or known
        raise BenchmarkError(f"there is no row {name!r}: did you mean {', '.join(nearest)}?")
    return tuple(row for row in ROWS if not wanted or row.name in wanted)


__all__ = ["FULL", "QUICK", "ROWS", "Guest", "Reading", "Row", "Sizes", "choose"]
