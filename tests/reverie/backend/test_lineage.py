"""Who is whose child, and when a tool's state for each is born."""

from typing import Any

import pytest

from reverie import NoGlobal, Pid, Tid, Tool, ToolError
from reverie.backend import Lineage


class State:
    def __init__(self) -> None:
        self.events = 0


class Watching(Tool[NoGlobal, State]):
    """Notes what it was made with."""

    born: list[tuple[Any, ...]]

    def __init__(self, pid: Pid, config: list[tuple[Any, ...]]) -> None:
        self.born = config
        config.append(("process", pid))

    def init_thread_state(self, tid: Tid, parent: tuple[Tid, State] | None) -> State:
        self.born.append(("thread", tid, None if parent is None else (parent[0], parent[1].events)))
        return State()


@pytest.fixture
def born() -> list[tuple[Any, ...]]:
    return []


@pytest.fixture
def lineage(born: list[tuple[Any, ...]]) -> Lineage:
    return Lineage(Watching, born)


def test_the_root_has_no_parent(lineage: Lineage, born: list[Any]) -> None:
    root = lineage.start_root(Pid(10))
    assert born == [("process", 10), ("thread", 10, None)]
    assert (root.tid, root.process.pid, root.process.ppid) == (10, 10, None)
    assert root.is_leader
    assert lineage.processes == {10: root.process}


def test_a_thread_shares_its_parents_process_and_tool(lineage: Lineage, born: list[Any]) -> None:
    root = lineage.start_root(Pid(10))
    thread = lineage.start_thread(root, Tid(11))
    assert thread.process is root.process
    assert not thread.is_leader
    assert born == [("process", 10), ("thread", 10, None), ("thread", 11, (10, 0))]
    assert thread.state is not root.state


def test_a_forked_process_has_a_tool_of_its_own(lineage: Lineage, born: list[Any]) -> None:
    root = lineage.start_root(Pid(10))
    child = lineage.start_process(root, Pid(20))
    assert (child.process.pid, child.process.ppid, child.is_leader) == (20, 10, True)
    assert child.process.tool is not root.process.tool
    assert born[2:] == [("process", 20), ("thread", 20, (10, 0))]
    assert set(lineage.processes) == {10, 20}


def test_a_process_forked_by_a_thread_is_the_child_of_its_process(lineage: Lineage, born: list[Any]) -> None:
    thread = lineage.start_thread(lineage.start_root(Pid(10)), Tid(11))
    child = lineage.start_process(thread, Pid(20))
    assert child.process.ppid == 10
    assert born[-1] == ("thread", 20, (11, 0))


def test_a_newborn_sees_its_parents_state_as_it_was(lineage: Lineage, born: list[Any]) -> None:
    root = lineage.start_root(Pid(10))
    root.state.events = 1
    lineage.start_thread(root, Tid(11))
    root.state.events = 2
    lineage.start_process(root, Pid(20))
    assert [entry[2] for entry in born if entry[0] == "thread"] == [None, (10, 1), (10, 2)]


def test_a_process_is_forgotten_with_its_last_thread(lineage: Lineage) -> None:
    root = lineage.start_root(Pid(10))
    thread = lineage.start_thread(root, Tid(11))
    lineage.end_thread(root)
    assert list(lineage.processes) == [10]
    assert list(thread.process.threads) == [11]
    lineage.end_thread(thread)
    assert lineage.processes == {}


def test_ending_a_thread_twice_changes_nothing(lineage: Lineage) -> None:
    root = lineage.start_root(Pid(10))
    thread = lineage.start_thread(root, Tid(11))
    lineage.end_thread(thread)
    lineage.end_thread(thread)
    assert root.process.threads == {10: root}


def test_the_ppid_stays_when_the_parent_ends(lineage: Lineage) -> None:
    root = lineage.start_root(Pid(10))
    child = lineage.start_process(root, Pid(20))
    lineage.end_thread(root)
    assert child.process.ppid == 10


def test_a_thread_that_execs_becomes_the_leader_and_keeps_its_state(lineage: Lineage) -> None:
    leader = lineage.start_root(Pid(10))
    survivor = lineage.start_thread(leader, Tid(11))
    survivor.state.events = 5
    lineage.promote(survivor)
    assert (survivor.tid, survivor.is_leader, survivor.state.events) == (10, True, 5)
    assert not leader.is_leader
    assert survivor.process.threads == {10: survivor, 11: leader}
    lineage.end_thread(leader)
    assert survivor.process.threads == {10: survivor}
    assert survivor.is_leader


def test_a_thread_that_execs_when_the_leader_is_gone_already_becomes_the_leader(lineage: Lineage) -> None:
    leader = lineage.start_root(Pid(10))
    survivor = lineage.start_thread(leader, Tid(11))
    lineage.end_thread(leader)
    lineage.promote(survivor)
    assert survivor.process.threads == {10: survivor}
    assert survivor.is_leader


def test_a_new_thread_can_have_the_tid_that_the_survivor_gave_up(lineage: Lineage) -> None:
    leader = lineage.start_root(Pid(10))
    survivor = lineage.start_thread(leader, Tid(11))
    lineage.promote(survivor)
    lineage.end_thread(leader)
    newcomer = lineage.start_thread(survivor, Tid(11))
    assert survivor.process.threads == {10: survivor, 11: newcomer}


def test_a_pid_can_be_used_again(lineage: Lineage) -> None:
    root = lineage.start_root(Pid(10))
    lineage.end_thread(lineage.start_process(root, Pid(20)))
    again = lineage.start_process(root, Pid(20))
    assert lineage.processes[Pid(20)] is again.process


class BrokenProcess(Tool[NoGlobal, None]):
    def __init__(self, pid: Pid, config: object) -> None:
        raise OSError(28, "disk full")


class BrokenThread(Tool[NoGlobal, None]):
    def init_thread_state(self, tid: Tid, parent: tuple[Tid, None] | None) -> None:
        raise ValueError("no state")


def test_a_tool_that_cannot_be_made_is_a_tool_error() -> None:
    with pytest.raises(ToolError, match=r"BrokenProcess\(pid 10\) raised OSError.*disk full") as caught:
        Lineage(BrokenProcess, None).start_root(Pid(10))
    assert isinstance(caught.value.__cause__, OSError)


def test_a_state_that_cannot_be_made_is_a_tool_error() -> None:
    with pytest.raises(ToolError, match=r"BrokenThread\.init_thread_state raised ValueError: no state for thread 10"):
        Lineage(BrokenThread, None).start_root(Pid(10))
