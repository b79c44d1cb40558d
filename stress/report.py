"""The comparisons for people: a line at a time, and what they come to. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from stress.outcomes import Agreement, Comparison, Outcome, mark

_NAME_WIDTH: Final = 24
_TOOL_WIDTH: Final = 11
_OUTCOME_WIDTH: Final = 24

_MEANINGS: Final[dict[Agreement, str]] = {
    "same": "as natively",
    "flaky": "differing natively too",
    "known": "differing by a known limit",
    "differs": "differing",
}


def heading() -> list[str]:
    """Return the lines above the table."""
    text = _columns("", "name", "tool", "native", "traced")
    return [text, "-" * len(text)]


def line(comparison: Comparison) -> str:
    """Return a row of the table."""
    sign = mark(comparison.agreement)
    return _columns(
        sign, comparison.name, comparison.tool, _outcomes(comparison.natives), _outcomes(comparison.traced)
    ).rstrip()


def details(comparison: Comparison) -> list[str]:
    """Return what is said of a difference."""
    count = f"{len(comparison.odd)} of {len(comparison.traced)} runs end as none did natively"
    head = f"≠ {comparison.name} under {comparison.tool}: {count}"
    return [head, *(f"    {text}" for text in comparison.said.splitlines()), ""]


def summary(comparisons: Sequence[Comparison]) -> list[str]:
    """Return the last lines: how many agree, and in what."""
    counts = Counter(comparison.agreement for comparison in comparisons)
    lines = [f"{counts[agreement]:>6} {meaning}" for agreement, meaning in _MEANINGS.items() if counts[agreement]]
    skipped = sum(all(outcome.verdict == "skipped" for outcome in c.natives) for c in comparisons)
    if skipped:
        lines.append(f"{skipped:>6} of them skipped natively")
    lines += sorted({f"known: {c.name}: {c.reason}" for c in comparisons if c.agreement == "known"})
    return lines


def _outcomes(outcomes: Sequence[Outcome]) -> str:
    """Write outcomes, each once, with how often it was seen where there are several runs."""
    counts = Counter(outcomes)
    if len(counts) == 1:
        return str(outcomes[0])
    return ", ".join(f"{outcome} {count}/{len(outcomes)}" for outcome, count in counts.items()) or "none"


def _columns(sign: str, name: str, tool: str, native: str, traced: str) -> str:
    return f"{sign:<1} {name:<{_NAME_WIDTH}} {tool:<{_TOOL_WIDTH}} {native:<{_OUTCOME_WIDTH}} {traced}"


__all__ = ["details", "heading", "line", "summary"]
