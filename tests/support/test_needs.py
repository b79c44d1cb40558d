"""A missing program skips a test, and is named in the end."""

import pytest

from tests.support.needs import missing, needs


def test_a_missing_program_skips_and_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    mark = needs("node").mark
    assert mark.args == (True,)
    assert mark.kwargs["reason"] == "needs node: apt-get install nodejs"


def test_an_unknown_program_is_refused() -> None:
    with pytest.raises(KeyError):
        needs("no-such-program")


def test_the_summary_has_one_line_for_each_program() -> None:
    reasons = [
        "Skipped: needs strace: apt-get install strace",
        "Skipped: needs gdb: apt-get install gdb",
        "Skipped: needs strace: apt-get install strace",
        "Skipped: no PMU here",
    ]
    assert missing(reasons) == [
        "1 skipped, needs gdb: apt-get install gdb",
        "2 skipped, needs strace: apt-get install strace",
    ]
