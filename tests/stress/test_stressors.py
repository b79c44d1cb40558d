"""What a stressor's exit status and output come to."""

import pytest

from stress.outcomes import Outcome
from stress.running import Ended
from stress.stressors import STRESSORS, available, command, known_difference, operations, outcome
from stress.ways import TOOLS

SUCCESS = """\
stress-ng: info:  [32538] dispatching hogs: 1 fork
stress-ng: metrc: [32538] stressor       bogo ops real time  usr time  sys time   bogo ops/s     bogo ops/s
stress-ng: metrc: [32538]                           (secs)    (secs)    (secs)   (real time) (usr+sys time)
stress-ng: metrc: [32538] fork                609      2.01      0.13      0.13       303.18        2318.28
stress-ng: info:  [32538] successful run completed in 2.01s
"""
FAILURE = """\
stress-ng: fail:  [77] sigq: sigqueue failed, errno=1 (Operation not permitted)
stress-ng: fail:  [78] sigq: sigqueue failed, errno=1 (Operation not permitted)
stress-ng: error: [76] process [77] (stress-ng-sigq) terminated with an error, exit status=2 (stressor failed)
stress-ng: info:  [76] unsuccessful run completed in 1.02s
"""
UNSUPPORTED = """\
stress-ng: info:  [29433] rseq stressor will be skipped, rseq system call failed to register, errno=22
stress-ng: error: [29433] No stress workers invoked (one or more were unsupported)
"""
SKIPPED_INSIDE = """\
stress-ng: info:  [3583] sctp: SCTP protocol not supported, skipping stressor
stress-ng: info:  [3582] successful run completed in 0.00s
"""
SKIPPED_IN_SUMMARY = """\
stress-ng: info:  [91] skipped: 1: rseq (1)
stress-ng: info:  [91] passed: 0
stress-ng: info:  [91] failed: 0
"""


@pytest.mark.parametrize(
    ("status", "output", "expected"),
    [
        (0, SUCCESS, Outcome("passed")),
        (2, FAILURE, Outcome("failed", 2, failures=2)),
        (0, FAILURE, Outcome("failed", 0, failures=2)),
        (3, SUCCESS, Outcome("failed", 3)),
        (0, UNSUPPORTED, Outcome("skipped")),
        (0, SKIPPED_INSIDE, Outcome("skipped")),
        (0, SKIPPED_IN_SUMMARY, Outcome("skipped")),
        (0, SKIPPED_IN_SUMMARY.replace("skipped: 1: rseq (1)", "skipped: 0"), Outcome("passed")),
        (-11, SUCCESS, Outcome("crashed", -11)),
        (None, SUCCESS, Outcome("hung", None)),
    ],
)
def test_a_run_has_an_outcome(status: int | None, output: str, expected: Outcome) -> None:
    assert outcome(Ended(status, output, seconds=1.0)) == expected


def test_what_is_left_over_is_part_of_the_outcome() -> None:
    assert outcome(Ended(0, SUCCESS, 1.0, left=("ipc",))) == Outcome("passed", left=("ipc",))


def test_operations_are_read_from_the_stressor_s_own_line() -> None:
    assert operations(SUCCESS, "fork") == 609
    assert operations(SUCCESS, "vfork") is None
    assert operations(FAILURE, "sigq") is None


def test_stressors_that_this_version_lacks_are_left_out() -> None:
    assert available(["kill", "fork", "cpu"], ["fork", "workload", "kill", "fork"]) == ["fork", "kill"]


def test_a_stressor_checks_its_results_and_none_is_run_twice() -> None:
    assert "--verify" in command("fork", 2, as_root=True)
    assert len(STRESSORS) == len(set(STRESSORS))


def test_a_stressor_that_refuses_root_is_run_as_nobody() -> None:
    assert command("exec", 2, as_root=True)[0] == "setpriv"
    assert command("exec", 2, as_root=False)[0] == "stress-ng"


def test_a_stressor_with_a_filter_may_differ_under_a_tool_that_adds_calls_and_no_other() -> None:
    may = {name for name, tool in TOOLS.items() if known_difference("seccomp", tool)}
    assert may == {"inject-late", "inject-more", "inject-all"}
    assert not any(known_difference("fork", tool) for tool in TOOLS.values())
    assert all(known_difference("ptrace", tool) for tool in TOOLS.values())
