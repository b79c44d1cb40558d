"""The table is read by people: what differs stands out."""

from stress.outcomes import Outcome, compare
from stress.report import details, heading, line, summary

PASSED = Outcome("passed")
FAILED = Outcome("failed", 2, failures=3)
SKIPPED = Outcome("skipped")

SAME = compare("rseq", "noop", [SKIPPED], [SKIPPED])
FLAKY = compare("sigio", "noop", [PASSED, FAILED], [SKIPPED])
KNOWN = compare("ptrace", "strace", [PASSED], [SKIPPED], known="one tracer only")
DIFFERS = compare("fork", "strace", [PASSED, PASSED], [FAILED, PASSED, FAILED], said="one\ntwo")


def words(text: str) -> str:
    """Return a row without its columns' widths."""
    return " ".join(text.split())


def test_a_row_says_what_came_of_both_sides_and_how_often() -> None:
    assert words(line(SAME)) == "rseq noop skipped skipped"
    assert words(line(FLAKY)) == "~ sigio noop passed 1/2, failed ×3 (status 2) 1/2 skipped"
    assert words(line(KNOWN)) == "k ptrace strace passed skipped"
    assert words(line(DIFFERS)) == "≠ fork strace passed failed ×3 (status 2) 2/3, passed 1/3"


def test_a_test_without_a_result_on_one_side_says_so() -> None:
    assert words(line(compare("fork", "noop", [PASSED], []))) == "≠ fork noop passed none"


def test_the_heading_stands_above_the_columns() -> None:
    names, rule = heading()
    assert names.split() == ["name", "tool", "native", "traced"]
    assert line(SAME).index("noop") == names.index("tool")
    assert set(rule) == {"-"}


def test_a_difference_is_told_with_its_count_and_what_the_run_said() -> None:
    assert details(DIFFERS) == [
        "≠ fork under strace: 2 of 3 runs end as none did natively",
        "    one",
        "    two",
        "",
    ]


def test_the_summary_counts_agreements_and_names_the_limits() -> None:
    assert [words(text) for text in summary([SAME, SAME, FLAKY, KNOWN, KNOWN, DIFFERS])] == [
        "2 as natively",
        "1 differing natively too",
        "2 differing by a known limit",
        "1 differing",
        "2 of them skipped natively",
        "known: ptrace: one tracer only",
    ]
