"""Run tests of CPython and note each result at once, so that none is lost when a later one kills or hangs.

Run as ``python noted_tests.py RESULTS MODULE [IDS]`` by the interpreter whose tests they are; so this
file needs none of ours. RESULTS gets a line of JSON for each fact: ``{"tests": [ids]}`` at first, then
``{"started": id}`` and ``{"ended": id, "verdict": ...}`` for each test. IDS is a file with one id a
line: what is not in it is left out.
"""

import importlib
import json
import sys
import unittest
from typing import Any

_SEVERITY = ("passed", "skipped", "failed")


class _Notes(unittest.TextTestResult):
    """Writes what happens to the file that the class holds."""

    results: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._severity = 0

    def startTest(self, test: unittest.TestCase) -> None:
        self._severity = 0
        note(self.results, started=test.id())
        super().startTest(test)

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        note(self.results, ended=test.id(), verdict=_SEVERITY[self._severity])

    def addError(self, test: Any, error: Any) -> None:
        super().addError(test, error)
        self._fail(test)

    def addFailure(self, test: Any, error: Any) -> None:
        super().addFailure(test, error)
        self._fail(test)

    def addUnexpectedSuccess(self, test: Any) -> None:
        super().addUnexpectedSuccess(test)
        self._fail(test)

    def addSubTest(self, test: Any, subtest: Any, error: Any) -> None:
        super().addSubTest(test, subtest, error)
        if error is not None:
            self._severity = 2

    def addSkip(self, test: Any, reason: str) -> None:
        super().addSkip(test, reason)
        self._severity = max(self._severity, 1)
        if not isinstance(test, unittest.TestCase):  # a class or module as a whole
            note(self.results, ended=test.id(), verdict="skipped")

    def _fail(self, test: Any) -> None:
        self._severity = 2
        if not isinstance(test, unittest.TestCase):  # setUpClass and its like
            note(self.results, ended=test.id(), verdict="failed")


def note(file: Any, **facts: Any) -> None:
    """Write one line, and let it be in the file now."""
    file.write(json.dumps(facts) + "\n")
    file.flush()


def flat(suite: Any) -> "list[unittest.TestCase]":
    """Return a suite's tests, in their order."""
    return [test for part in suite for test in (flat(part) if isinstance(part, unittest.TestSuite) else [part])]


def chosen(suite: Any, ids: "set[str]") -> Any:
    """Return a suite with some of its tests, grouped as they were: fixtures of classes depend on it."""
    return unittest.TestSuite(
        chosen(part, ids) if isinstance(part, unittest.TestSuite) else part
        for part in suite
        if isinstance(part, unittest.TestSuite) or part.id() in ids
    )


def main() -> None:
    """Run the tests that the command line names."""
    results, module, *files = sys.argv[1:]
    del sys.path[0]  # the folder of this file: its modules are none of the tests'
    support = importlib.import_module("test.support")
    vars(support)["use_resources"] = []  # as regrtest does unless it is told otherwise
    suite = unittest.defaultTestLoader.loadTestsFromName(f"test.{module}")
    if files:
        with open(files[0]) as lines:
            suite = chosen(suite, set(lines.read().split("\n")))
    with open(results, "a") as _Notes.results:
        note(_Notes.results, tests=[test.id() for test in flat(suite)])
        unittest.TextTestRunner(resultclass=_Notes, verbosity=2).run(suite)


if __name__ == "__main__":
    main()
