"""SIGKILL at every kind of stop: the run goes on, the handler is dropped, and each end is told once, as a kill."""

import contextlib
import os
import signal
from typing import Any

import anyio
import pytest

from reverie import ExitStatus, Guest, Pid, Rpc, RunResult, Subscription, Tid
from reverie.syscalls import Getpid, Signal, Syscall, Sysno
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.contract.lives.struck import KILLED, Blow, Struck, is_child
from tests.support.compile import CompileGuest

HOW = ["waits", "asks", "returns", "outside"]


class AtCall(Struck):
    """At the stop of a call, which was not executed yet."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if is_child(guest):
            await self.strike(guest)
        return 0


class AfterCall(Struck):
    """At the exit from the call, which was injected."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        result = await guest.inject(call)
        if is_child(guest):
            await self.strike(guest)
        return result


class AfterOthers(Struck):
    """At the exit from another call, after the call itself."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        await guest.inject(call)
        await guest.inject(Getpid())
        if is_child(guest):
            await self.strike(guest)
        return 0


class TailsAfterwards(Struck):
    """At the stop of a call that is to be the handler's last act."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if is_child(guest):
            await self.strike(guest)
        await guest.tail_inject(Getpid())


class AtStart(Struck):
    """At the start of a process."""

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        await super().handle_thread_start(guest)
        if is_child(guest) and guest.is_main_thread:
            await self.strike(guest)


class AtThreadStart(Struck):
    """At the start of a thread, before anything and after an injected call."""

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        await super().handle_thread_start(guest)
        if is_child(guest) and not guest.is_main_thread:
            await guest.inject(Getpid())
            await self.strike(guest)


class AfterExec(Struck):
    """Before the first instruction of a new program."""

    async def handle_post_exec(self, guest: Guest[Journal, None]) -> None:
        if is_child(guest):
            await self.strike(guest)


class AfterExecAndCall(Struck):
    """In a new program, at the exit from an injected call."""

    async def handle_post_exec(self, guest: Guest[Journal, None]) -> None:
        if is_child(guest):
            await guest.inject(Getpid())
            await self.strike(guest)


class AtSignal(Struck):
    """Before a signal is delivered."""

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        if is_child(guest):
            await self.strike(guest)
        return signal


class AtSignalAfterCall(Struck):
    """Before a signal is delivered, and at the exit from an injected call."""

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        if is_child(guest):
            await guest.inject(Getpid())
            await self.strike(guest)
        return signal


STOPS = [
    (AtCall, "call", 1),
    (AtCall, "thread", 2),
    (AfterCall, "call", 1),
    (AfterOthers, "call", 1),
    (AfterOthers, "thread", 2),
    (TailsAfterwards, "call", 1),
    (AtStart, "call", 1),
    (AtThreadStart, "thread", 2),
    (AfterExec, "exec", 1),
    (AfterExecAndCall, "exec", 1),
    (AfterExecAndCall, "exec_threads", 4),
    (AtSignal, "signal", 1),
    (AtSignalAfterCall, "signal", 1),
]


def child_of(run: RunResult[Journal], threads: int) -> int:
    """Check that root and child have ended once each, with all of the child's threads, and return the child's pid."""
    journal = run.global_state
    assert run.status == ExitStatus.exited(0)  # the root found its child killed by SIGKILL
    root = journal.tids("start")[0]
    statuses = dict(journal.values("process exit"))
    assert statuses.pop(root) == "exited with 0"
    [(child, status)] = statuses.items()
    assert status == KILLED
    ended = [tid for tid, _ in journal.values("thread exit") if tid != root]  # in no order to those of its child
    assert len(ended) == threads
    assert ended[-1] == child
    assert len(set(ended[:-1])) == threads - 1
    assert journal.index("process exit", [child, status]) > journal.index("thread exit", [child, status])
    assert journal.count("process exit") == 2
    return int(child)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(("tool", "kind", "threads"), STOPS, ids=[f"{tool.__name__}-{kind}" for tool, kind, _ in STOPS])
def test_a_process_killed_while_a_handler_of_it_is_at_work_ends_like_any_other(
    tool: type[Struck], kind: str, threads: int, how: str, trace: Trace, guest: CompileGuest
) -> None:
    blow = Blow(how)
    with blow.executioner():
        run = trace(tool, [guest("child_killed"), kind], config=blow)
    child = child_of(run, threads)
    journal = run.global_state
    assert journal.values("struck") == [child]
    killed = [status for _, status in journal.values("thread exit")].count(KILLED)
    assert killed == (1 if kind == "exec_threads" else threads)  # an exec has ended the others before
    if how in ("waits", "outside"):
        assert journal.values("dropped") == [["regs", "stack", "auxv", "inject"]]
    assert journal.count("dropped") == (how != "returns")


class RootAtCall(Struck):
    """Strikes the root at a call."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.getppid)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        await self.strike(guest)
        return 0


class RootAtStart(Struck):
    """Strikes the root before it is the program."""

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        await super().handle_thread_start(guest)
        await self.strike(guest)


class RootAtExecve(RootAtCall):
    """Strikes the root at the call that makes it the program."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.execve)


class RootAfterExec(Struck):
    """Strikes the root before its program's first instruction."""

    async def handle_post_exec(self, guest: Guest[Journal, None]) -> None:
        await self.strike(guest)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("tool", [RootAtStart, RootAtExecve, RootAfterExec, RootAtCall], ids=lambda tool: tool.__name__)
def test_a_root_that_is_killed_is_the_run_s_status(
    tool: type[Struck], how: str, trace: Trace, guest: CompileGuest
) -> None:
    blow = Blow(how)
    with blow.executioner():
        run = trace(tool, [guest("getppid_is"), "0"], config=blow)
    assert run.status == ExitStatus.killed(signal.SIGKILL)
    [root] = run.global_state.values("start")
    assert run.global_state.values("thread exit") == run.global_state.values("process exit") == [[root, KILLED]]


class BlocksInPlace(Struck):
    """Injects a read that waits for ever; another thread kills when it does."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.read)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if not is_child(guest):
            await guest.tail_inject(call)
        await self.prepare(guest)
        self.blow.victims.put((guest.pid, True))
        try:
            await guest.inject(call)
        finally:
            with anyio.CancelScope(shield=True):
                await guest.call(Journal.note, "dropped", await self.refusals(guest))
        await guest.call(Journal.note, "went on")
        return 0

    async def prepare(self, guest: Guest[Journal, None]) -> None:
        """Do what comes before the read."""


class BlocksElsewhere(BlocksInPlace):
    """The read is not made in the place of the guest's."""

    async def prepare(self, guest: Guest[Journal, None]) -> None:
        await guest.inject(Getpid())


@pytest.mark.parametrize("tool", [BlocksInPlace, BlocksElsewhere], ids=lambda tool: tool.__name__)
def test_a_process_killed_inside_an_injected_call_ends_like_any_other(
    tool: type[Struck], trace: Trace, guest: CompileGuest
) -> None:
    blow = Blow()
    with blow.executioner():
        run = trace(tool, [guest("child_killed"), "read"], config=blow)
    child_of(run, 1)
    assert run.global_state.values("dropped") == [["regs", "stack", "auxv", "inject"]]
    assert run.global_state.count("went on") == 0


def test_processes_killed_in_their_group_stops_end_like_any_other(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Struck, [guest("group_stop")], config=Blow())
    assert run.status == ExitStatus.exited(0)
    journal = run.global_state
    assert [status for _, status in journal.values("process exit")] == [KILLED, KILLED, "exited with 0"]
    assert [status for _, status in journal.values("thread exit")] == [KILLED] * 5 + ["exited with 0"]
    assert len(set(journal.tids("thread exit"))) == 6


class AtBirth(Struck):
    """Kills a parent while it stands at the stop where the tool's state for its newborn is made."""

    def init_thread_state(self, tid: Tid, parent: tuple[Tid, None] | None) -> None:
        if parent is not None and self.blow.how == "armed":
            os.kill(parent[0], signal.SIGKILL)  # kill(2) takes a thread's id for its process
            self.blow.how = "done"

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        await super().handle_thread_start(guest)
        if is_child(guest) and self.blow.how == "waits":
            self.blow.how = "armed"  # from the next birth on: it is the child's


@pytest.mark.parametrize(("kind", "threads"), [("thread", 2), ("fork", 1), ("vfork", 1)])
def test_a_parent_killed_at_the_birth_of_its_newborn_ends_like_any_other(
    kind: str, threads: int, trace: Trace, guest: CompileGuest
) -> None:
    run = trace(AtBirth, [guest("child_killed"), kind], config=Blow())
    assert run.status == ExitStatus.exited(0)
    journal = run.global_state
    ended = journal.values("process exit")
    assert len(ended) == (2 if kind == "thread" else 3)
    grandchildren = [
        status for pid, status in ended if pid not in (journal.values("start")[0], journal.values("start")[1])
    ]
    assert grandchildren == ([] if kind == "thread" else ["exited with 0"])
    [child] = [pid for pid, status in ended if status == KILLED]
    assert child == journal.values("start")[1]
    assert [status for _, status in journal.values("thread exit")].count(KILLED) == threads
    tids = [tid for tid, _ in journal.values("thread exit")]
    assert len(tids) == len(set(tids)) == 3


class KillsParent(Struck):
    """The child of a vfork kills its parent, which waits for it in the kernel, and sees it end."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        assert guest.ppid is not None
        os.kill(guest.ppid, signal.SIGKILL)
        await guest.call(Journal.until, "process exit")
        await guest.call(Journal.note, "outlived")
        return 0


def test_a_parent_killed_while_it_waits_for_its_vforked_child_ends_before_it(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(KillsParent, [guest("child_killed"), "vfork"], config=Blow()).global_state
    root, child, grandchild = journal.values("start")
    assert journal.values("process exit")[0] == [child, KILLED]
    assert sorted(journal.values("process exit")[1:]) == sorted(
        [[grandchild, "exited with 0"], [root, "exited with 0"]]
    )
    assert journal.values("process exit") == journal.values("thread exit")
    assert journal.index("outlived") < journal.index("process exit", [grandchild, "exited with 0"])


class KillsInExec(Struck):
    """Holds the threads that an exec ends in handlers; when the first is dropped, it has the process killed."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.pause, Sysno.execve)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if not is_child(guest) or call.sysno is Sysno.execve:
            await guest.call(Journal.until, "held", 3 if is_child(guest) else 0)
            await guest.tail_inject(call)
        await guest.call(Journal.note, "held")
        try:
            await anyio.sleep_forever()
        finally:
            with contextlib.suppress(ProcessLookupError):  # another of them has done it, and all are gone
                os.kill(guest.pid, signal.SIGKILL)
            with anyio.CancelScope(shield=True):
                for _ in range(20):
                    await anyio.sleep(0)
                await guest.call(Journal.note, "dropped")
        await guest.tail_inject(call)

    async def handle_post_exec(self, guest: Guest[Journal, None]) -> None:
        await guest.call(Journal.note, "exec", guest.pid)


def test_a_process_killed_while_a_thread_of_it_execs_never_becomes_the_other_program(
    trace: Trace, guest: CompileGuest
) -> None:
    run = trace(KillsInExec, [guest("child_killed"), "exec_threads"], config=Blow())
    child = child_of(run, 4)
    journal = run.global_state
    assert journal.count("dropped") == 3
    assert child not in journal.values("exec")
    assert sorted(journal.values("start")) == sorted(tid for tid, _ in journal.values("thread exit"))
    assert [child, KILLED] in journal.values("thread exit")


class KillsInExitCallback(Struck):
    """Has the process killed while the end of one of its threads is being told."""

    def __init__(self, pid: Pid, config: Blow) -> None:
        super().__init__(pid, config)
        self.pid = pid

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: None, status: ExitStatus) -> None:
        if int(tid) != self.pid:
            os.kill(self.pid, signal.SIGKILL)
            for _ in range(20):
                await anyio.sleep(0)
        await super().on_exit_thread(tid, rpc, state, status)


def test_a_process_killed_while_the_end_of_a_thread_is_told_is_told_after_it(trace: Trace, guest: CompileGuest) -> None:
    run = trace(KillsInExitCallback, [guest("child_killed"), "exit_thread"], config=Blow())
    child = child_of(run, 2)
    root = run.global_state.tids("start")[0]
    ended = [[tid, status] for tid, status in run.global_state.values("thread exit") if tid not in (root, child)]
    [[thread, status]] = ended
    assert status == "exited with 0"
    assert run.global_state.index("thread exit", [thread, status]) < run.global_state.index(
        "thread exit", [child, KILLED]
    )


class HoldsAll(Struck):
    """Holds six threads in handlers when the leader's exit strikes or takes place."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.read, Sysno.pause, Sysno.sched_yield, Sysno.exit_group)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if call.sysno is Sysno.exit_group:
            await guest.call(Journal.until, "held", 6)
            if self.blow.how != "exit_group":
                await self.strike(guest)
        elif not guest.is_main_thread:
            await guest.call(Journal.note, "held")
            try:
                await anyio.sleep_forever()
            finally:
                with anyio.CancelScope(shield=True):
                    await guest.call(Journal.note, "dropped", await self.refusals(guest))
        await guest.tail_inject(call)


@pytest.mark.parametrize("how", ["exit_group", "returns", "outside"])
def test_every_handler_of_a_process_that_ends_is_dropped(how: str, trace: Trace, guest: CompileGuest) -> None:
    blow = Blow(how)
    with blow.executioner():
        run = trace(HoldsAll, [guest("exit_group_blocked"), "7"], config=blow)
    assert run.status == (ExitStatus.exited(7) if how == "exit_group" else ExitStatus.killed(signal.SIGKILL))
    journal = run.global_state
    assert journal.count("dropped") == (7 if how == "outside" else 6)  # the leader's own handler is dropped too
    assert all(refused == ["regs", "stack", "auxv", "inject"] for refused in journal.values("dropped"))
    assert sorted(journal.values("start")) == sorted(tid for tid, _ in journal.values("thread exit"))
    assert {status for _, status in journal.values("thread exit")} == {str(run.status)}
    assert [entry.event for entry in journal.entries[-2:]] == ["thread exit", "process exit"]
