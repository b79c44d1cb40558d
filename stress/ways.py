"""How a program is run: natively, or under a tool. Each is the words that go before its command line."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Way:
    """A way to run a program."""

    name: str
    about: str
    words: tuple[str, ...] = ()
    adds_calls: bool = False
    """Whether it makes calls in the program that the program does not make itself."""


def _python(code: str, *words: str) -> tuple[str, ...]:
    # -P: the working directory is the program's own, and its files are none of ours.
    return (sys.executable, "-P", "-c", code, *words)


def _reverie(*words: str) -> tuple[str, ...]:
    return _python("from reverie.cli import main; main()", *words)


def _injecting(how: str) -> tuple[str, ...]:
    code = f"import sys; sys.path.append({str(_ROOT)!r}); from stress.injecting import main; main()"
    return _python(code, how)


NATIVE: Final = Way("native", "by itself")

TOOLS: Final = {
    way.name: way
    for way in (
        Way("noop", "stops at every call and lets it pass", _reverie("noop", "--subscribe", "syscalls")),
        Way("strace", "injects every call, and reads its arguments", _reverie("strace", "-o", "/dev/null")),
        Way("inject", "injects every call", _injecting("same")),
        Way("inject-late", "injects getpid, and then the call", _injecting("late"), adds_calls=True),
        Way("inject-more", "injects the call, and then getppid", _injecting("more"), adds_calls=True),
        Way(
            "inject-all", "injects every call, and another at starts, execs and signals", _injecting("everywhere"), True
        ),
    )
}
"""The tools by name. None of them changes what a program finds."""

__all__ = ["NATIVE", "TOOLS", "Way"]
