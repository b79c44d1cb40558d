"""Births: which events a tool is told of a new process, thread or program, in which order, with which state."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from reverie import ExitStatus, Guest, Pid, Rpc, Subscription, SyscallError, Tid, Tool
from reverie.syscalls import Syscall, Sysno
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.support.compile import CompileGuest


class Chronicle(Tool[Journal, None]):
    """Notes everything that it is told."""

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        about = [guest.tid, guest.pid, guest.ppid, guest.is_main_thread, guest.is_root_process]
        await guest.call(Journal.note, "start", about)

    async def handle_post_exec(self, guest: Guest[Journal, None]) -> None:
        await guest.call(Journal.note, "exec", [guest.tid, guest.pid])

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        await guest.call(Journal.note, "syscall", call.name)
        await guest.tail_inject(call)

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: None, status: ExitStatus) -> None:
        await rpc.call(Journal.note, "thread exit", [tid, str(status)])

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Journal], status: ExitStatus) -> None:
        await rpc.call(Journal.note, "process exit", [pid, str(status)])


def test_the_root_starts_then_calls_execve_then_has_execed(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(Chronicle, [guest("exit42")]).global_state
    root = journal.tids("start")[0]
    assert journal.events[:3] == ["start", "syscall", "exec"]
    assert journal.values("start") == [[root, root, None, True, True]]
    assert journal.values("syscall")[0] == "execve"
    assert journal.values("exec") == [[root, root]]


def test_the_root_s_end_is_told_last_as_a_thread_and_as_a_process(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Chronicle, [guest("exit42")])
    root = run.global_state.tids("start")[0]
    assert run.status == ExitStatus.exited(42)
    assert run.global_state.events[-2:] == ["thread exit", "process exit"]
    assert run.global_state.values("thread exit") == [[root, "exited with 42"]]
    assert run.global_state.values("process exit") == [[root, "exited with 42"]]


def test_no_call_of_the_set_up_is_told(trace: Trace, guest: CompileGuest) -> None:
    calls = trace(Chronicle, [guest("exit42")]).global_state.values("syscall")
    assert calls[0] == "execve"
    assert "seccomp" not in calls
    assert calls.count("execve") == 1
    assert calls[-1] == "exit_group"


def test_a_thread_starts_before_its_first_call(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(Chronicle, [guest("threads_nested")]).global_state
    root = journal.tids("start")[0]
    threads = journal.tids("start")[1:]
    assert len(threads) == 20
    for tid, pid, ppid, is_main, is_root in journal.values("start")[1:]:
        assert (pid, ppid, is_main, is_root) == (root, None, False, True)
        assert journal.of(tid)[:2] == ["start", "syscall"]


def test_a_forked_process_starts_before_its_first_call_and_knows_its_parent(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(Chronicle, [guest("fork_wait")]).global_state
    (root, child) = journal.tids("start")
    assert journal.values("start")[1] == [child, child, root, True, False]
    assert journal.of(child)[:2] == ["start", "syscall"]
    assert sorted(journal.values("process exit")) == sorted([[child, "exited with 7"], [root, "exited with 0"]])


@pytest.mark.parametrize(("name", "code"), [("vfork_exit", 3), ("vfork_exec", 4)])
def test_a_vforked_process_is_a_process_of_its_own(name: str, code: int, trace: Trace, guest: CompileGuest) -> None:
    journal = trace(Chronicle, [guest(name)]).global_state
    (root, child) = journal.tids("start")
    assert journal.values("start")[1] == [child, child, root, True, False]
    assert [child, f"exited with {code}"] in journal.values("process exit")
    assert journal.values("exec")[1:] == ([] if name == "vfork_exit" else [[child, child]])


def test_a_cloned_process_is_a_process_whatever_its_exit_signal(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(Chronicle, [guest("clone_process")]).global_state
    root = journal.tids("start")[0]
    children = journal.tids("start")[1:]
    assert len(children) == 4
    assert journal.values("start")[1:] == [[child, child, root, True, False] for child in children]
    ended = journal.values("process exit")
    assert sorted(ended) == sorted([[child, "exited with 6"] for child in children] + [[root, "exited with 0"]])


def test_a_bare_cloned_thread_is_a_thread(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(Chronicle, [guest("clone_thread")]).global_state
    (root, thread) = journal.tids("start")
    assert journal.values("start")[1] == [thread, root, None, False, True]
    assert journal.values("process exit") == [[root, "exited with 0"]]


@dataclass
class Counted:
    calls: int = 0
    children: int = 0
    parent: int | None = None
    calls_of_parent: int = 0


class Family(Tool[Journal, Counted]):
    """Upstream's state::basic_test: counts calls per thread, and children through the parent's state."""

    def __init__(self, pid: Pid, config: Any) -> None:
        self.threads: list[tuple[int, int, int]] = []

    def init_thread_state(self, tid: Tid, parent: tuple[Tid, Counted] | None) -> Counted:
        if parent is None:
            return Counted()
        parent_tid, state = parent
        state.children += 1
        return Counted(parent=parent_tid, calls_of_parent=state.calls)

    async def handle_syscall_event(self, guest: Guest[Journal, Counted], call: Syscall) -> int:
        guest.thread_state.calls += 1
        await guest.tail_inject(call)

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: Counted, status: ExitStatus) -> None:
        self.threads.append((tid, state.calls, state.children))
        await rpc.call(Journal.note, "thread", [tid, state.parent, state.calls_of_parent])

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Journal], status: ExitStatus) -> None:
        await rpc.call(Journal.note, "process", self.threads)


def test_threads_share_their_process_s_state_and_have_their_own(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(Family, [guest("threads_nested")]).global_state
    [threads] = journal.values("process")
    assert len(threads) == 21
    assert [children for _, _, children in threads if children] == [4] * 5
    leaves = [calls for _, calls, children in threads if not children]
    assert len(leaves) == 16
    assert min(leaves) >= 100


def test_the_state_of_a_new_thread_is_made_from_its_parent_s_of_that_moment(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(Family, [guest("threads_nested")]).global_state
    parents = {tid: parent for tid, parent, _ in journal.values("thread")}
    [root] = [tid for tid, parent in parents.items() if parent is None]
    assert sum(parent == root for parent in parents.values()) == 4
    # The parent had made calls already, the one that started the thread among them.
    assert all(calls > 0 for _, parent, calls in journal.values("thread") if parent is not None)


def test_a_forked_process_has_a_state_of_its_own_made_from_the_forking_thread(
    trace: Trace, guest: CompileGuest
) -> None:
    journal = trace(Family, [guest("fork_wait")]).global_state
    assert [len(threads) for threads in journal.values("process")] == [1, 1]
    parents = {tid: (parent, calls) for tid, parent, calls in journal.values("thread")}
    [(child, (root, calls_of_parent))] = [item for item in parents.items() if item[1][0] is not None]
    assert parents[root][0] is None
    assert calls_of_parent > 0
    assert child != root


class KeepsStates(Tool[Journal, list[str]]):
    """Keeps the programs that a thread has been, in its own state and in its process's."""

    def __init__(self, pid: Pid, config: Any) -> None:
        self.programs = 0

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.execve)

    def init_thread_state(self, tid: Tid, parent: Any) -> list[str]:
        return []

    async def handle_syscall_event(self, guest: Guest[Journal, list[str]], call: Syscall) -> int:
        guest.thread_state.append("call")
        return await guest.inject(call)

    async def handle_post_exec(self, guest: Guest[Journal, list[str]]) -> None:
        guest.thread_state.append("exec")
        self.programs += 1

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: list[str], status: ExitStatus) -> None:
        await rpc.call(Journal.note, "thread", [tid, state])

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Journal], status: ExitStatus) -> None:
        await rpc.call(Journal.note, "process", self.programs)


def test_both_states_survive_an_exec(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(KeepsStates, [guest("exec_self")]).global_state
    assert journal.values("process") == [4]
    [[_, state]] = journal.values("thread")
    assert state == ["call", "exec"] * 4


def test_the_state_of_the_thread_that_execs_survives_under_the_leader_s_id(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(KeepsStates, [guest("exec_by_thread")]).global_state
    assert journal.values("process") == [2]
    ended = journal.values("thread")
    assert len(ended) == 3
    survivor, state = ended[-1]
    assert state == ["call", "exec"]  # the thread's own exec; the leader had made the first one
    assert ["call", "exec"] in [state for _, state in ended[:-1]]
    assert journal.tids("process") == [survivor]


def test_other_threads_end_before_the_leader_s_new_program_starts(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(Chronicle, [guest("exec_by_leader")]).global_state
    root, *threads = journal.tids("start")
    assert len(threads) == 3
    ended = journal.values("thread exit")
    assert sorted(ended[:3]) == [[tid, "exited with 0"] for tid in sorted(threads)]
    assert ended[3:] == [[root, "exited with 0"]]
    assert journal.values("exec") == [[root, root]] * 2


def test_a_thread_that_execs_goes_on_under_the_leader_s_id(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(Chronicle, [guest("exec_by_thread")]).global_state
    root = journal.tids("start")[0]
    assert journal.values("exec") == [[root, root]] * 2
    assert len(journal.values("thread exit")) == 3
    assert all(status == "exited with 0" for _, status in journal.values("thread exit"))
    assert journal.values("process exit") == [[root, "exited with 0"]]
    # What the new program does is told under that id too.
    second_exec = [i for i, entry in enumerate(journal.entries) if entry.event == "exec"][1]
    assert {entry.tid for entry in journal.entries[second_exec:] if entry.event == "syscall"} == {root}


class ReadsNewProgram(Tool[Journal, None]):
    """Notes the first instruction's place and the program's name when it has been execed."""

    async def handle_post_exec(self, guest: Guest[Journal, None]) -> None:
        registers = guest.regs()
        code = guest.memory.read(registers.rip, 4)
        argc = int.from_bytes(guest.memory.read(registers.rsp, 8), "little")
        await guest.call(Journal.note, "exec", [len(code), argc, registers.rax])

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        await guest.call(Journal.note, call.name)
        await guest.tail_inject(call)


def test_after_an_exec_the_new_program_stands_before_its_first_instruction(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(ReadsNewProgram, [guest("exec_self")]).global_state
    # argc is on top of the stack and rax is 0, as the kernel starts a program.
    assert journal.values("exec") == [[4, 1, 0], [4, 3, 0], [4, 3, 0], [4, 3, 0]]
    for index, event in enumerate(journal.events):
        if event == "exec":
            assert journal.events[index - 1] == "execve"


class CatchesErrors(Tool[Journal, None]):
    """Injects each execve and notes the error it meets."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.execve)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        try:
            result = await guest.inject(call)
        except SyscallError as error:
            await guest.call(Journal.note, "failed", error.errno.name)
            raise
        await guest.call(Journal.note, "returned", result)
        return result


def test_an_exec_that_fails_raises_its_errno_in_the_handler(trace: Trace, guest: CompileGuest) -> None:
    run = trace(CatchesErrors, [guest("exec_fails")])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.values("failed") == ["ENOENT", "EACCES"]
    assert run.global_state.count("returned") == 0


@dataclass
class Depth:
    depth: int = 0
    seen: list[int] = field(default_factory=list)


class Deepens(Tool[Journal, Depth]):
    """Hands a depth down from parent to child."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.none()

    def init_thread_state(self, tid: Tid, parent: tuple[Tid, Depth] | None) -> Depth:
        return Depth() if parent is None else Depth(parent[1].depth + 1)

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: Depth, status: ExitStatus) -> None:
        await rpc.call(Journal.note, "depth", state.depth)


def test_a_chain_of_forks_hands_state_down(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(Deepens, [guest("fork_chain"), "60"]).global_state
    assert sorted(journal.values("depth")) == list(range(61))


class CountsLives(Tool[Journal, None]):
    """Notes ends only, so that it keeps up with many."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.none()

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: None, status: ExitStatus) -> None:
        await rpc.call(Journal.note, "thread", str(status))

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Journal], status: ExitStatus) -> None:
        await rpc.call(Journal.note, "process")


def test_five_hundred_forks_are_all_told(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(CountsLives, [guest("fork_many"), "500"]).global_state
    assert journal.count("thread") == journal.count("process") == 501
    for code in range(1, 10):
        assert journal.values("thread").count(f"exited with {code}") == 50


def test_two_thousand_short_lived_threads_are_all_told(trace: Trace, guest: CompileGuest) -> None:
    run = trace(CountsLives, [guest("threads_short_lived"), "2000"])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.count("thread") == 2001
    assert run.global_state.count("process") == 1


class InjectsAndCounts(Tool[Journal, None]):
    """Injects the call of each, and notes who has begun and who has ended."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.getuid, Sysno.read)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if call.sysno is Sysno.getuid:
            await guest.call(Journal.note, "getuid")
        return await guest.inject(call)

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: None, status: ExitStatus) -> None:
        await rpc.call(Journal.note, "end")


@pytest.mark.parametrize(("kind", "count"), [("threads", 1000), ("processes", 500)])
def test_a_thousand_threads_and_five_hundred_processes_live_at_once(
    kind: str, count: int, trace: Trace, guest: CompileGuest
) -> None:
    run = trace(InjectsAndCounts, [guest("crowd"), kind, str(count)], timeout=60)
    assert run.status == ExitStatus.exited(0)
    assert len(set(run.global_state.tids("getuid"))) == count
    assert run.global_state.count("end") == count + 1
