"""What noted_tests.py wrote: from its lines to a verdict for each test. Pure."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args

from stress.outcomes import Verdict


@dataclass(frozen=True, slots=True)
class Notes:
    """The results of one run, which may have ended early."""

    tests: tuple[str, ...]
    """All that was to run."""
    verdicts: dict[str, Verdict]
    running: str | None
    """The test that had begun and not ended."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The tests that never began."""
        return tuple(test for test in self.tests if test not in self.verdicts and test != self.running)


def read_notes(lines: Iterable[str]) -> Notes:
    """Read the lines; one that was cut off by the end of the process is left out."""
    tests: tuple[str, ...] = ()
    verdicts: dict[str, Verdict] = {}
    running: str | None = None
    for line in lines:
        match _parse(line):
            case {"tests": [*ids]}:
                tests = tuple(ids)
            case {"started": str(test)}:
                running = test
            case {"ended": str(test), "verdict": word} if word in get_args(Verdict):
                verdicts[test] = word
                running = None if test == running else running
    return Notes(tests, verdicts, running)


def _parse(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


__all__ = ["Notes", "read_notes"]
