"""Ends whose consequences reach others: orphans and who reaps them, children being born, words that are cleared."""

import subprocess
import sys

import pytest

from reverie import ExitStatus
from tests.contract.conftest import Trace
from tests.contract.lives.chronicle import Chronicle, ends
from tests.support.backends import BackendUnderTest
from tests.support.compile import CompileGuest


def test_orphans_that_a_subreaper_gets_are_told_as_their_parent_s_and_waited_for(
    trace: Trace, guest: CompileGuest
) -> None:
    run = trace(Chronicle, [guest("subreaper")])
    assert run.status == ExitStatus.exited(0)
    journal = run.global_state
    (root, _, _), *others = journal.values("start")
    middles = [pid for _, pid, ppid in others if ppid == root]
    assert len(middles) == 2
    assert sorted(ppid for _, _, ppid in others if ppid != root) == sorted(middles * 3)
    statuses = ends(journal)
    assert statuses.pop(root) == "exited with 0"
    assert [statuses.pop(middle) for middle in middles] == ["exited with 15", "killed by SIGKILL"]
    assert list(statuses.values()) == ["exited with 5"] * 6


EMBEDDED = """
import ctypes, os, sys, reverie
from reverie import Subscription, Tool
class Sees(Tool):
    @classmethod
    def subscriptions(cls, config):
        return Subscription.none()
PR_SET_CHILD_SUBREAPER = 36
assert ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
run = reverie.run(Sees, [sys.argv[1]], backend=sys.argv[2], event_loop=sys.argv[3])
assert str(run.status) == "exited with 0"
try:
    while True:
        orphan, status = os.waitpid(-1, os.WNOHANG)
        assert orphan != 0 and os.waitstatus_to_exitcode(status) == 5, (orphan, status)
except ChildProcessError:
    print("none left")
"""


def test_a_program_that_is_a_subreaper_is_left_with_no_orphan_that_runs(
    backend: BackendUnderTest, guest: CompileGuest
) -> None:
    # Whether the kernel counts the tracer's wait for the program's own is its business (ptrace_reparented).
    words = [sys.executable, "-c", EMBEDDED, str(guest("orphan")), backend.name, backend.event_loop]
    assert subprocess.run(words, capture_output=True, text=True, timeout=30).stdout == "none left\n"


def test_a_process_that_exits_while_children_of_it_are_being_born_is_told_with_all_of_them(
    trace: Trace, guest: CompileGuest
) -> None:
    # Some are announced, and some by nobody: their makers were killed on the way. A subreaper gets them.
    run = trace(Chronicle, [guest("exit_while_forking"), "8"])
    assert run.status == ExitStatus.exited(0)
    statuses = ends(run.global_state)
    assert sorted(set(statuses.values())) == ["exited with 0", "exited with 3"]
    assert list(statuses.values()).count("exited with 3") == 8


@pytest.mark.parametrize(("name", "processes", "threads"), [("futex_robust", 2, 3), ("parent_death_signal", 4, 5)])
def test_what_an_end_sets_off_in_others_ends_them_as_natively(
    name: str, processes: int, threads: int, trace: Trace, guest: CompileGuest
) -> None:
    run = trace(Chronicle, [guest(name)])
    assert run.status == ExitStatus.exited(0)
    journal = run.global_state
    assert len(ends(journal)) == processes
    assert len(journal.values("thread exit")) == threads
    assert "killed by SIGKILL" in ends(journal).values()
