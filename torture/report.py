"""What a torture run prints: a line now and then, a failure in full, a summary."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from torture.memory import Memory
from torture.rounds import Outcome


@dataclass(slots=True)
class Summary:
    """All rounds so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    failed: list[int] = field(default_factory=list)
    """The seeds of the rounds that failed."""
    native: list[float] = field(default_factory=list)
    traced: list[float] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)

    def add(self, outcome: Outcome) -> None:
        """Take a round's outcome in."""
        name = outcome.round.temper.aim.name.lower()
        self.outcomes[name if outcome.ended_early or name == "attach" else "compared"] += 1
        self.native.append(outcome.native_seconds)
        self.traced.append(outcome.traced_seconds)
        self.memory.sample()
        if outcome.complaints:
            self.failed.append(outcome.round.seed)

    def __str__(self) -> str:
        if not self.traced:
            return "no rounds"
        counts = ", ".join(f"{count} {name}" for name, count in sorted(self.outcomes.items()))
        times = (
            f"natively {median(self.native) * 1000:.0f} ms, traced {median(self.traced) * 1000:.0f} ms"
            f" (longest {max(self.traced):.1f} s)"
        )
        growth = self.memory.growth()
        memory = "" if growth is None else f"; memory {growth / 1024:+.0f} KiB"
        return f"{len(self.traced)} rounds: {counts}; {times}{memory}; {len(self.failed)} failed"


def failure(outcome: Outcome, program: str) -> Iterator[str]:
    """Yield the lines about a round that failed, with what runs it again."""
    round_ = outcome.round
    yield f"FAILED: seed {round_.seed} on {round_.event_loop}"
    yield f"  tool: {round_.temper}"
    yield f"  plan: {program} '{round_.plan}'"
    if outcome.guest_fault:
        yield "  The guest fails without a tracer already: this is no fault of the engine."
    yield from (f"  {line}" for line in outcome.complaints)
    yield f"  again: hatch run torture --seed {round_.seed} --rounds 1"


__all__ = ["Summary", "failure"]
