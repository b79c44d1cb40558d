"""The command line says in one line what is missing, and its exit status tells what happened."""

import shutil
from collections.abc import Iterator, Sequence

import pytest
from click.testing import CliRunner

from stress import __main__ as command_line
from stress.errors import StressError
from stress.outcomes import Comparison, Outcome, compare
from stress.running import Runner
from stress.stress_ng import StressNg
from stress.ways import TOOLS

PASSED = Outcome("passed")


def parts(*comparisons: Comparison, missing: str | None = None) -> dict[str, Iterator[Comparison]]:
    """Return a suite that has these comparisons, and then misses something."""

    def suite() -> Iterator[Comparison]:
        yield from comparisons
        if missing is not None:
            raise StressError(missing)

    return {"stress-ng": suite()}


@pytest.mark.parametrize(
    ("traced", "missing", "status"),
    [
        (PASSED, None, 0),
        (Outcome("failed", 2), None, 1),
        (PASSED, "it is missing", 3),
        (Outcome("failed", 2), "it is missing", 1),
    ],
)
def test_the_exit_status_tells(
    traced: Outcome, missing: str | None, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    found = compare("fork", "noop", [PASSED], [traced])
    assert command_line._report(parts(found, missing=missing)) == status
    assert capsys.readouterr().err == (f"stress: {missing}\n" if missing else "")


def test_without_stress_ng_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(StressError, match="stress-ng is missing: apt-get install stress-ng"):
        next(StressNg(Runner(), seconds=1, again=0).compare_all([], [TOOLS["noop"]]))


@pytest.mark.parametrize("words", [["--tool", "gdb"], ["--seconds", "0"], ["--suite", "ltp"]])
def test_a_wrong_option_is_refused(words: Sequence[str]) -> None:
    assert CliRunner().invoke(command_line.main, words).exit_code == 2
