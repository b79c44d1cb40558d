"""An outcome that no native run had is a difference, unless the native ones differ or the limit is known."""

import pytest

from stress.outcomes import Agreement, Comparison, Outcome, compare, mark

PASSED = Outcome("passed")
FAILED = Outcome("failed", 2, failures=3)
SKIPPED = Outcome("skipped")
CRASHED = Outcome("crashed", -11)
HUNG = Outcome("hung", None)


@pytest.mark.parametrize(
    ("natives", "traced", "known", "agreement"),
    [
        ([PASSED], [PASSED], None, "same"),
        ([FAILED], [FAILED], None, "same"),
        ([SKIPPED], [SKIPPED], "a limit", "same"),
        ([PASSED, FAILED], [FAILED], None, "same"),
        ([PASSED], [FAILED], None, "differs"),
        ([FAILED], [PASSED], None, "differs"),
        ([FAILED], [Outcome("failed", 2, failures=4)], None, "differs"),
        ([PASSED], [Outcome("passed", left=("files",))], None, "differs"),
        ([PASSED, PASSED], [PASSED, PASSED, FAILED], None, "differs"),
        ([PASSED, FAILED], [SKIPPED], None, "flaky"),
        ([PASSED, FAILED], [HUNG], None, "differs"),
        ([PASSED, FAILED], [CRASHED], None, "differs"),
        ([CRASHED], [CRASHED], None, "same"),
        ([PASSED], [FAILED], "a limit", "known"),
        ([PASSED], [], None, "differs"),
        ([], [PASSED], None, "differs"),
    ],
)
def test_outcomes_agree(natives: list[Outcome], traced: list[Outcome], known: str | None, agreement: Agreement) -> None:
    assert compare("fork", "noop", natives, traced, known).agreement == agreement


def test_only_a_difference_keeps_what_was_said_and_only_a_known_one_its_reason() -> None:
    def made(traced: Outcome, known: str | None) -> Comparison:
        return compare("fork", "noop", [PASSED], [traced], known, said="no luck")

    assert (made(PASSED, "a limit").said, made(PASSED, "a limit").reason) == ("", "")
    assert (made(FAILED, "a limit").said, made(FAILED, "a limit").reason) == ("", "a limit")
    assert (made(FAILED, None).said, made(FAILED, None).reason) == ("no luck", "")


def test_the_odd_outcomes_are_those_that_no_native_run_had() -> None:
    assert compare("fork", "noop", [PASSED, FAILED], [FAILED, HUNG, PASSED]).odd == (HUNG,)


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (PASSED, "passed"),
        (FAILED, "failed ×3 (status 2)"),
        (CRASHED, "crashed (status -11)"),
        (HUNG, "hung"),
        (Outcome("passed", left=("processes", "ipc")), "passed leaving processes, ipc"),
    ],
)
def test_an_outcome_is_written_in_words(outcome: Outcome, text: str) -> None:
    assert str(outcome) == text


def test_each_agreement_but_the_best_has_a_mark() -> None:
    assert [mark(agreement) for agreement in ("same", "flaky", "known", "differs")] == ["", "~", "k", "≠"]
