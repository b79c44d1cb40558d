"""The results of tests are read from what was noted, also when the tests' process was killed."""

import json
import subprocess
import sys
from pathlib import Path

from stress.notes import Notes, read_notes

NOTED_TESTS = Path(__file__).parents[2] / "stress" / "noted_tests.py"

TESTS = """
import unittest

class T(unittest.TestCase):
    def test_a(self): pass
    def test_b(self): self.fail()
    def test_c(self): raise OSError
    @unittest.skip("no")
    def test_d(self): pass
    @unittest.expectedFailure
    def test_e(self): self.fail()
    @unittest.expectedFailure
    def test_f(self): pass
    def test_g(self):
        with self.subTest(1): pass
        with self.subTest(2): self.fail()
    def test_h(self):
        with self.subTest(1): self.skipTest("no")
    def test_i(self): import os; os._exit(3)
    def test_j(self): pass

class U(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise OSError
    def test_k(self): pass
"""


def run(folder: Path, *only: str) -> Notes:
    """Note the tests above, as those of an interpreter whose tests they are."""
    package = folder / "test"
    package.mkdir(exist_ok=True)
    for name, text in (("__init__", ""), ("support", ""), ("test_x", TESTS)):
        (package / f"{name}.py").write_text(text)
    results, ids = folder / "results", folder / "ids"
    results.unlink(missing_ok=True)
    ids.write_text("\n".join(f"test.test_x.{name}" for name in only))
    words = [sys.executable, str(NOTED_TESTS), str(results), "test_x", *([str(ids)] if only else [])]
    subprocess.run(words, env={"PYTHONPATH": str(folder)}, capture_output=True)
    return read_notes(results.read_text().splitlines())


def test_each_result_is_noted_and_a_test_that_ends_the_process_is_the_running_one(tmp_path: Path) -> None:
    notes = run(tmp_path)
    assert {name.rpartition("_")[2]: verdict for name, verdict in notes.verdicts.items()} == {
        "a": "passed",
        "b": "failed",
        "c": "failed",
        "d": "skipped",
        "e": "passed",
        "f": "failed",
        "g": "failed",
        "h": "skipped",
    }
    assert notes.running == "test.test_x.T.test_i"
    assert notes.missing == ("test.test_x.T.test_j", "test.test_x.U.test_k")


def test_only_the_named_tests_are_run_and_a_fixture_that_fails_is_noted(tmp_path: Path) -> None:
    notes = run(tmp_path, "T.test_j", "U.test_k")
    assert notes.tests == ("test.test_x.T.test_j", "test.test_x.U.test_k")
    assert notes.verdicts == {"test.test_x.T.test_j": "passed", "setUpClass (test.test_x.U)": "failed"}
    assert notes.running is None


def test_a_line_that_was_cut_off_is_left_out() -> None:
    lines = [json.dumps({"tests": ["a", "b"]}), json.dumps({"started": "a"}), '{"ended": "a", "ver']
    assert read_notes(lines) == Notes(("a", "b"), {}, running="a")


def test_a_verdict_that_we_do_not_know_is_none() -> None:
    assert read_notes([json.dumps({"ended": "a", "verdict": "perhaps"})]).verdicts == {}


def test_nothing_noted_is_nothing_run() -> None:
    assert read_notes([]) == Notes((), {}, None)
