"""The command line measures what it is asked for, and complains in one line."""

import json
import shutil
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.contenders import BARE_FILTER, C_FLOOR, ELSEWHERE, NATIVE, Contender
from benchmarks.errors import BenchmarkError
from benchmarks.machine import Machine
from benchmarks.measure import Measurer
from benchmarks.programs import compile_programs
from benchmarks.rows import QUICK, ROWS, Guest, Reading, Row
from reverie import Subscription
from reverie.backend import filter_for
from reverie_examples.strace.options import parse_trace_set

PER_CALL = Reading("ns_per_call", "ns", 1)


def test_a_quick_run_measures_the_rows_that_it_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "results.json"
    assert main(["--quick", "--runs", "1", "--only", "start", "--only", "floor", "--json", str(file)]) == 0
    written = json.loads(file.read_text())
    rows = [(row["name"], row["placement"]) for row in written["rows"]]
    assert rows == [("floor", "pinned"), ("floor", "free"), ("start", "pinned"), ("start", "free")]
    assert all(row["ours"]["median"] > 0 for row in written["rows"])
    printed = capsys.readouterr().out.splitlines()[-4:]
    assert [text.split()[0] for text in printed] == ["floor", "floor", "start", "start"]


def test_the_tools_and_guests_of_our_own_work() -> None:
    measurer = Measurer(compile_programs(), QUICK, runs=1, cpu=0)
    rows = {row.name: row for row in ROWS}
    births = (rows["exec"].guest, rows["thread"].guest)
    checks = [
        Row("", "", PER_CALL, who, NATIVE, rows["look"].guest) for who in (rows["look"].ours, BARE_FILTER, C_FLOOR)
    ]
    checks += [Row("", "", Reading("ns_per_birth", "ns", 1), C_FLOOR, NATIVE, guest) for guest in births]
    for row in checks:
        result = measurer.measure(row, "free")
        assert result.peer is not None
        assert result.ours.median > 0


def test_both_sides_of_the_filter_row_have_the_same_filter() -> None:
    assert filter_for(parse_trace_set(ELSEWHERE)) == filter_for(Subscription.of(ELSEWHERE))


def test_without_strace_its_columns_are_left_out_and_its_package_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name, *rest: None if name == "strace" else which(name, *rest))
    assert main(["--quick", "--runs", "1", "--only", "memory"]) == 0
    shown = capsys.readouterr()
    assert shown.err == "strace is missing, its columns are left out: apt-get install strace\n"
    assert "ratio" not in shown.out.splitlines()[3]
    assert Machine.look().strace is None


@pytest.mark.parametrize(
    ("arguments", "status", "complaint"),
    [
        (["--only", "pas"], 1, "benchmarks: there is no row 'pas': did you mean pass?"),
        (["--quick", "--only", "memory", "--json", "/nowhere/x"], 1, "benchmarks: cannot write /nowhere/x"),
    ],
)
def test_a_complaint_is_one_line(
    arguments: list[str], status: int, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == status
    [text] = capsys.readouterr().err.splitlines()
    assert text.startswith(complaint)


def test_a_wrong_number_of_runs_is_refused_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--runs", "0"])
    [text] = capsys.readouterr().err.splitlines()
    assert "'0' is no number of runs" in text


def test_a_run_that_fails_names_its_command_and_what_it_said() -> None:
    measurer = Measurer(compile_programs(), QUICK, runs=1, cpu=0)
    failing = Row(
        "row", "", PER_CALL, Contender("ours", ("sh", "-c", "echo no luck >&2; exit 3")), NATIVE, Guest(("x",))
    )
    with pytest.raises(BenchmarkError, match=r"launch free sh .* failed with exit status 3: no luck"):
        measurer.measure(failing, "free")
    silent = Row("row", "", PER_CALL, NATIVE, NATIVE, Guest(("true",)))
    with pytest.raises(BenchmarkError, match="launch free true printed no ns_per_call"):
        measurer.measure(silent, "free")
