"""What came of a stressor or a test, and whether it came of it natively too. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal, assert_never

Verdict = Literal["passed", "failed", "skipped", "crashed", "hung"]

Agreement = Literal["same", "flaky", "known", "differs"]
"""Flaky is what differs natively from run to run; known is a limit that the documentation states."""

_NEVER_FLAKY: Final[frozenset[Verdict]] = frozenset({"crashed", "hung"})
"""Verdicts that count even where the native ones differ among themselves."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is compared of one run."""

    verdict: Verdict
    status: int | None = 0
    """The exit status, a signal's number below 0, or None where the time was up."""
    failures: int = 0
    """How many the program reported."""
    left: tuple[str, ...] = ()
    """What it left behind: processes, files, ipc."""

    def __str__(self) -> str:
        words = [self.verdict if self.failures < 2 else f"{self.verdict} ×{self.failures}"]
        if self.status not in (0, None):
            words.append(f"(status {self.status})")
        if self.left:
            words.append(f"leaving {', '.join(self.left)}")
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One stressor or test under one tool."""

    name: str
    tool: str
    natives: tuple[Outcome, ...]
    traced: tuple[Outcome, ...]
    agreement: Agreement
    reason: str = ""
    """Why it is known."""
    said: str = ""
    """The last lines of a run that differs."""

    @property
    def odd(self) -> tuple[Outcome, ...]:
        """The outcomes that no native run had."""
        return tuple(outcome for outcome in self.traced if outcome not in self.natives)


def compare(
    name: str,
    tool: str,
    natives: Sequence[Outcome],
    traced: Sequence[Outcome],
    known: str | None = None,
    said: str = "",
) -> Comparison:
    """Compare the outcomes under a tool with all that natively happened.

    One run that ends as none did natively is enough for a difference: a defect that shows
    only sometimes is one.
    """
    agreement = _agreement(natives, traced, known is not None)
    return Comparison(
        name,
        tool,
        tuple(natives),
        tuple(traced),
        agreement,
        reason=known or "" if agreement == "known" else "",
        said=said if agreement == "differs" else "",
    )


def _agreement(natives: Collection[Outcome], traced: Collection[Outcome], known: bool) -> Agreement:
    odd = [outcome for outcome in traced if outcome not in natives]
    if traced and not odd:
        return "same"
    if known:
        return "known"
    if len(set(natives)) > 1 and not any(outcome.verdict in _NEVER_FLAKY for outcome in odd):
        return "flaky"
    return "differs"


def mark(agreement: Agreement) -> str:
    """Return the sign of an agreement in the table."""
    match agreement:
        case "same":
            return ""
        case "flaky":
            return "~"
        case "known":
            return "k"
        case "differs":
            return "≠"
        case _:
            assert_never(agreement)


__all__ = ["Agreement", "Comparison", "Outcome", "Verdict", "compare", "mark"]
