"""The suite of CPython's own tests: each test's result natively, twice, and under each tool."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stress.errors import StressError
from stress.notes import Notes, read_notes
from stress.outcomes import Comparison, Outcome, Verdict, compare
from stress.running import Ended, Runner
from stress.ways import NATIVE, Way

MODULES: Final = (
    "test_signal",
    "test_subprocess",
    "test_threading",
    "test_multiprocessing_fork.test_processes",
    "test_os",
    "test_posix",
    "test_pty",
    "test_select",
    "test_socket",
    "test_asyncio.test_subprocess",
)
"""What is run of CPython's tests."""

KNOWN: Final = {
    f"test.test_signal.ItimerTest.{name}": "it skips itself where a minute brings it too little CPU time"
    for name in ("test_itimer_virtual", "test_itimer_prof")
}
"""Differences that are no defects, by the test's id."""

_LIMIT_SECONDS: Final = 180.0
"""For one test. Most take milliseconds, and under a tool some take a minute."""
_ROUNDS: Final = 8
"""How often a module is begun anew behind a test that killed it."""
_LAST_LINES: Final = 25
_NOTED_TESTS: Final = Path(__file__).with_name("noted_tests.py")


@dataclass(frozen=True, slots=True)
class Results:
    """What came of a module's tests."""

    outcomes: dict[str, Outcome]
    output: str

    def only(self, wanted: Sequence[str] | None) -> "Results":
        """Return what came of some of them, or of all."""
        if wanted is None:
            return self
        return Results({test: self.outcomes[test] for test in wanted}, self.output)


@dataclass(frozen=True, slots=True)
class CPython:
    """How CPython's tests are compared."""

    runner: Runner
    python: str
    again: int
    """How often both sides run once more where they differ."""

    def compare_all(self, modules: Sequence[str], tools: Sequence[Way]) -> Iterator[Comparison]:
        """Compare the tests of modules, those that this interpreter has.

        Raises:
            StressError: it has no tests at all.
        """
        for module in self._available(modules or MODULES):
            first = self._run(module, NATIVE, None)
            wanted = _without_native_hangs(first)
            natives = [first.only(wanted), self._run(module, NATIVE, wanted)]
            for tool in tools:
                yield from self._compare(module, tool, natives, wanted)

    def _available(self, modules: Sequence[str]) -> list[str]:
        if not self._has("support"):
            raise StressError(f"{self.python} has no package test: apt-get install libpython3-testsuite")
        there = []
        for module in modules:
            # In some versions the module's tests are in a package, in others it is one file.
            found = next((name for name in (module, module.partition(".")[0]) if self._has(name)), None)
            if found is None:
                print(f"stress: {self.python} has no test.{module}; it is left out", file=sys.stderr)
            else:
                there.append(found)
        return there

    def _has(self, module: str) -> bool:
        code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec('test.{module}') is None)"
        return subprocess.run([self.python, "-c", code], stderr=subprocess.DEVNULL).returncode == 0

    def _compare(
        self, module: str, tool: Way, natives: list[Results], wanted: Sequence[str] | None
    ) -> Iterator[Comparison]:
        traced = [self._run(module, tool, wanted)]
        odd = [test for test in _all(natives, traced) if not _agrees(test, natives, traced)]
        rerun = [test for test in odd if test not in KNOWN]
        for _ in range(self.again if rerun else 0):
            natives = [*natives, self._run(module, NATIVE, rerun)]
            traced.append(self._run(module, tool, rerun))
        for test in _all(natives, traced):
            said = traced[0].output if test in odd else ""
            yield compare(test, tool.name, _of(test, natives), _of(test, traced), KNOWN.get(test), _about(test, said))

    def _run(self, module: str, way: Way, only: Sequence[str] | None) -> Results:
        """Run a module's tests; behind one that hangs or kills, go on with the next."""
        outcomes: dict[str, Outcome] = {}
        output = ""
        for _ in range(_ROUNDS):
            notes, ended = self._run_once(module, way, only)
            output += ended.output
            outcomes |= {test: Outcome(verdict) for test, verdict in notes.verdicts.items()}
            if notes.running is not None:
                outcomes[notes.running] = Outcome(_how_it_ended(ended.status), ended.status)
            only = notes.missing
            if not only:
                break
        if ended.left:
            outcomes[f"{module} as a whole"] = Outcome("passed", left=ended.left)
        return Results(outcomes, output)

    def _run_once(self, module: str, way: Way, only: Sequence[str] | None) -> tuple[Notes, Ended]:
        with tempfile.TemporaryDirectory(prefix="stress-") as folder:
            results, ids = Path(folder, "results"), Path(folder, "ids")
            command = [*way.words, self.python, str(_NOTED_TESTS), str(results), module]
            if only is not None:
                ids.write_text("\n".join(only))
                command.append(str(ids))
            ended = self.runner.run(f"{module}-{way.name}", command, _LIMIT_SECONDS, watched=results)
            if not results.exists():
                raise StressError(f"test.{module} did not begin {way.name}: {ended.output[-300:]}")
            return read_notes(results.read_text().splitlines()), ended


def _without_native_hangs(results: Results) -> list[str] | None:
    """Return the tests that end natively, or None when all do: some wait for what a machine does not have."""
    hanging = [test for test, outcome in results.outcomes.items() if outcome.verdict == "hung"]
    for test in hanging:
        print(f"stress: {test} hangs natively; it is left out", file=sys.stderr)
    return [test for test in results.outcomes if test not in hanging] if hanging else None


def _how_it_ended(status: int | None) -> Verdict:
    return "hung" if status is None else "crashed"


def _all(natives: Sequence[Results], traced: Sequence[Results]) -> list[str]:
    return list(dict.fromkeys(test for results in (*natives, *traced) for test in results.outcomes))


def _of(test: str, runs: Sequence[Results]) -> list[Outcome]:
    """Return a test's outcomes, in the runs in which it had one."""
    return [results.outcomes[test] for results in runs if test in results.outcomes]


def _agrees(test: str, natives: Sequence[Results], traced: Sequence[Results]) -> bool:
    theirs = _of(test, traced)
    return bool(theirs) and all(outcome in _of(test, natives) for outcome in theirs)


def _about(test: str, output: str) -> str:
    """Return the last lines of the traceback that the output has of a test, or its own last lines."""
    name, _, place = (part[::-1] for part in test[::-1].partition("."))
    del place
    lines = output.splitlines()
    starts = [n for n, line in enumerate(lines) if line.startswith(("FAIL: ", "ERROR: ")) and f" {name} " in f"{line} "]
    begin = starts[0] if starts else max(0, len(lines) - _LAST_LINES)
    end = next((n for n in range(begin + 2, len(lines)) if lines[n].startswith("=====")), len(lines))
    return "\n".join(lines[begin:end][-_LAST_LINES:])


__all__ = ["KNOWN", "MODULES", "CPython"]
