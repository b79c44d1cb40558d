"""What a guest is to do: a tree of steps, as values and as the text that ``guest/torture.c`` carries out.

A step is a name, its id and numbers; some have a body, which another thread, process or
program carries out. The steps with their numbers are described where the guest does
them, in ``guest/*.h``. Nothing here is random: ``growth.py`` makes plans from seeds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

CROWD_KINDS: Final = 14
"""How many things a thread of a crowd can do for ever: enum in ``guest/crowd.h``."""

SIGNALS_ITSELF: Final = 8
"""The one of them that needs a signal number."""

ENDINGS: Final = frozenset({"exit", "die", "exec"})
"""A process's steps end with one of these."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do."""

    name: str
    id: int
    numbers: tuple[int, ...] = ()
    body: tuple["Step", ...] = ()

    def walk(self) -> Iterator["Step"]:
        """Yield the step and all that is in it."""
        yield self
        for step in self.body:
            yield from step.walk()

    def __str__(self) -> str:
        head = " ".join([self.name, str(self.id), *map(str, self.numbers)])
        return f"({head}{''.join(f' {step}' for step in self.body)})"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the root process does, and what comes of it."""

    steps: tuple[Step, ...]
    status: int
    """The raw wait status of the root."""

    def walk(self) -> Iterator[Step]:
        """Yield all steps."""
        for step in self.steps:
            yield from step.walk()

    @property
    def output(self) -> list[str]:
        """The lines that the guest writes, sorted: one for each step."""
        return sorted(f"ok {step.id}" for step in self.walk())

    def __str__(self) -> str:
        return " ".join(map(str, self.steps))


__all__ = ["CROWD_KINDS", "ENDINGS", "SIGNALS_ITSELF", "Plan", "Step"]
