"""Who is compared: each is the words that go before a guest's command line."""

import shutil
import sys
from dataclasses import dataclass
from typing import Final

DEBIAN_PACKAGES: Final = {"strace": "strace"}
"""The programs that may be missing, each with the Debian package that brings it."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A way to run a guest."""

    name: str
    words: tuple[str, ...] = ()
    needs: str | None = None
    """A program of DEBIAN_PACKAGES that it is."""

    @property
    def is_here(self) -> bool:
        """Whether it can be run on this machine."""
        return self.needs is None or shutil.which(self.needs) is not None


def _reverie(*words: str) -> Contender:
    # As the installed script does, and certainly with this interpreter.
    start = (sys.executable, "-c", "from reverie.cli import main; main()")
    return Contender(" ".join(("reverie", *words)), (*start, *words))


def _module(name: str, *words: str) -> Contender:
    return Contender(" ".join((name, *words)), (sys.executable, "-m", f"benchmarks.{name}", *words))


def _strace(name: str, *words: str) -> Contender:
    return Contender(name, ("strace", "-f", "-o", "/dev/null", *words), needs="strace")


ELSEWHERE: Final = "%network"
"""Calls that no guest here makes. Subscribed to, they bring a filter of an everyday size."""

TRACE_FILE: Final = ".hatch/trace"
"""Below the checkout, where every contender runs, and where the guests are compiled."""

NATIVE: Final = Contender("native")
BARE_FILTER: Final = _module("bare_filter", ELSEWHERE)
C_FLOOR: Final = Contender("ctrace", ("ctrace",))
STRACE: Final = _strace("strace -f")
STRACE_ELSEWHERE: Final = _strace(f"strace --seccomp-bpf {ELSEWHERE}", "--seccomp-bpf", "-e", f"trace={ELSEWHERE}")

NOOP: Final = _reverie("noop")
NOOP_ALL: Final = _reverie("noop", "--subscribe", "syscalls")
COUNTER1: Final = _reverie("counter1")
COUNTER2: Final = _reverie("counter2")
LINES: Final = _reverie("strace", "-o", "/dev/null", "-e", "trace=getppid")
LINES_ELSEWHERE: Final = _reverie("strace", "-o", "/dev/null", "-e", f"trace={ELSEWHERE}")
TRACE: Final = _reverie("strace", "-f", "-o", TRACE_FILE)
STRACE_FILE: Final = Contender(f"strace -f -o {TRACE_FILE}", ("strace", "-f", "-o", TRACE_FILE), needs="strace")
LOOKING: Final = _module("looking")

__all__ = [
    "BARE_FILTER",
    "COUNTER1",
    "COUNTER2",
    "C_FLOOR",
    "DEBIAN_PACKAGES",
    "ELSEWHERE",
    "LINES",
    "LINES_ELSEWHERE",
    "LOOKING",
    "NATIVE",
    "NOOP",
    "NOOP_ALL",
    "STRACE",
    "STRACE_ELSEWHERE",
    "STRACE_FILE",
    "TRACE",
    "Contender",
]
