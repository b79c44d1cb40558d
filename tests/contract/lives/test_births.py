"""Births by flags that are seldom used: whose child a tool is told that a newborn is, and in which order."""

from typing import Any

import pytest

from reverie import ExitStatus, Guest, Pid, Rpc, Subscription, Tid, Tool
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.contract.lives.ability import skip_unless_able
from tests.contract.lives.chronicle import Chronicle, ends
from tests.support.compile import CompileGuest


def test_a_child_cloned_for_its_grandparent_is_told_as_its_maker_s(trace: Trace, guest: CompileGuest) -> None:
    # "The process that started this one", and not the one that waits for it.
    journal = trace(Chronicle, [guest("clone_parent")]).global_state
    (root, _, _), *others = journal.values("start")
    middles = [tid for tid, _, ppid in others if ppid == root]
    assert len(middles) == 5
    assert sorted(ppid for _, _, ppid in others if ppid != root) == sorted(middles)
    assert sorted(ends(journal).values()) == ["exited with 0"] + ["exited with 5"] * 5 + ["exited with 6"] * 5


def test_a_child_that_the_root_clones_for_its_own_parent_belongs_to_the_run(trace: Trace, guest: CompileGuest) -> None:
    # The root's parent is the tracer's process, which natively would have to reap the child.
    run = trace(Chronicle, [guest("clone_sibling")])
    assert run.status == ExitStatus.exited(0)
    (root, _, _), (child, pid, ppid) = run.global_state.values("start")
    assert (pid, ppid) == (child, root)
    assert ends(run.global_state) == {root: "exited with 0", child: "exited with 6"}


@pytest.mark.parametrize("name", ["vfork_exec", "vfork_exit", "clone_vfork_alone", "posix_spawns"])
def test_a_parent_that_vforks_goes_on_when_its_child_has_execed_or_ended(
    name: str, trace: Trace, guest: CompileGuest
) -> None:
    # Its next call is a wait. The calls that let it go on are told before; their success need not be.
    journal = trace(Chronicle, [guest(name)], config=["execve", "exit_group", "wait4"]).global_state
    (root, _, _), *children = journal.values("start")
    assert len(children) >= 1
    for child, pid, ppid in children:
        assert (pid, ppid) == (child, root)
        born = journal.index("start", [child, pid, ppid])
        calls = [entry for entry in journal.entries[born + 1 :] if entry.tid == child or entry.event == "wait4"]
        assert calls[0].tid == child
        assert "wait4" in [entry.event for entry in calls]


def test_a_process_that_shares_its_parent_s_memory_is_a_process_of_its_own(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(Chronicle, [guest("clone_vm_alone")]).global_state
    (root, _, _), *children = journal.values("start")
    assert children == [[child, child, root] for child, _, _ in children]
    assert len(children) == 2
    assert sorted(ends(journal).values()) == ["exited with 0", "exited with 6", "exited with 6"]


class WaitsForNext(Tool[Journal, None]):
    """Holds the end of a process back until another has started under the same id."""

    def __init__(self, pid: Pid, config: int) -> None:
        self.rounds = config

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.none()

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        await guest.call(Journal.note, "root" if guest.is_root_process else "start", guest.tid)

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: None, status: ExitStatus) -> None:
        await rpc.call(Journal.note, "gone", status.code)
        if status.code is not None and status.code + 1 < self.rounds:
            await rpc.call(Journal.until, "start", status.code + 2)
        await rpc.call(Journal.note, "thread exit", [tid, status.code])

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Journal], status: ExitStatus) -> None:
        await rpc.call(Journal.note, "process exit", [pid, status.code])


def test_processes_that_have_the_same_id_one_after_the_other_are_told_apart(trace: Trace, guest: CompileGuest) -> None:
    # An id is free as soon as the guest has waited for its process: while the tool is still being told of the end.
    skip_unless_able(["clone_same_tid", "4"], guest)
    run = trace(WaitsForNext, [guest("clone_same_tid"), "4"], config=4)
    assert run.status == ExitStatus.exited(0)
    journal = run.global_state
    [child] = set(journal.values("start"))
    assert journal.count("start") == 4
    assert [code for tid, code in journal.values("thread exit") if tid == child] == [0, 1, 2, 3]
    assert [code for pid, code in journal.values("process exit") if pid == child] == [0, 1, 2, 3]
