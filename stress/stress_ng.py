"""The suite of stress-ng: each stressor natively, then under each tool."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from stress.errors import StressError
from stress.outcomes import Comparison, Outcome, compare
from stress.running import Ended, Runner
from stress.stressors import DEBIAN_PACKAGE, STRESSORS, available, command, known_difference, operations, outcome
from stress.ways import NATIVE, Way

_NATIVE_LIMIT_SECONDS: Final = 300.0
_TRACED_LIMIT: Final = 90.0, 10.0
"""Seconds, and times the native run's. Some stressors end minutes after their time: seccomp's filters go slowly."""
_LAST_LINES: Final = 12


@dataclass(frozen=True, slots=True)
class StressNg:
    """How stressors are compared."""

    runner: Runner
    seconds: int
    again: int
    """How often both sides run once more where they differ."""

    def compare_all(self, names: Sequence[str], tools: Sequence[Way]) -> Iterator[Comparison]:
        """Compare stressors, those that this version has.

        Raises:
            StressError: stress-ng is not installed.
        """
        for name in available(_installed(), names or STRESSORS):
            natives: list[Outcome] = []
            first = self._run(name, NATIVE, _NATIVE_LIMIT_SECONDS)
            natives.append(outcome(first))
            for tool in tools:
                yield self._compare(name, tool, natives, first)

    def _compare(self, name: str, tool: Way, natives: list[Outcome], first: Ended) -> Comparison:
        limit = _TRACED_LIMIT[0] + _TRACED_LIMIT[1] * first.seconds
        ended = self._run(name, tool, limit)
        traced, said = [outcome(ended)], _last_lines(ended)
        known = known_difference(name, tool)
        if traced[0] not in natives and known is None:
            for _ in range(self.again):
                natives.append(outcome(self._run(name, NATIVE, _NATIVE_LIMIT_SECONDS)))
                traced.append(outcome(self._run(name, tool, limit)))
        if _no_progress(name, first, ended):
            said += f"\n{name} did nothing at all, and natively something"
        return compare(name, tool.name, natives, traced, known, said)

    def _run(self, name: str, way: Way, limit: float) -> Ended:
        words = command(name, self.seconds, as_root=os.geteuid() == 0)
        return self.runner.run(f"{name}-{way.name}", [*way.words, *words], limit)


def _installed() -> list[str]:
    if shutil.which("stress-ng") is None:
        raise StressError(f"stress-ng is missing: apt-get install {DEBIAN_PACKAGE}")
    return subprocess.run(["stress-ng", "--stressors"], capture_output=True, text=True).stdout.split()


def _no_progress(name: str, native: Ended, traced: Ended) -> bool:
    return bool(operations(native.output, name)) and operations(traced.output, name) == 0


def _last_lines(ended: Ended) -> str:
    return "\n".join(ended.output.strip().splitlines()[-_LAST_LINES:])


__all__ = ["StressNg"]
