"""Ends: exit, exit_group, signals; which exit callbacks run, in which order, with which status."""

import os
import signal
import threading
from pathlib import Path
from typing import Any

import anyio
import pytest

from reverie import Command, ExitStatus, Guest, GuestGone, Pid, Rpc, Subscription, Tid, Tool
from reverie.syscalls import Syscall, Sysno
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.support.compile import CompileGuest


class Ends(Tool[Journal, None]):
    """Notes the ends of threads and processes, and nothing else."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.none()

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: None, status: ExitStatus) -> None:
        await rpc.call(Journal.note, "thread", [tid, str(status)])

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Journal], status: ExitStatus) -> None:
        await rpc.call(Journal.note, "process", [pid, str(status)])


class SlowEnds(Ends):
    """Waits in each callback, and longer in those of threads than in that of their leader."""

    def __init__(self, pid: Pid, config: Any) -> None:
        self.pid = pid

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: None, status: ExitStatus) -> None:
        await rpc.call(Journal.note, "begin", tid)
        if tid != self.pid:
            for _ in range(20):
                await anyio.sleep(0)
        await super().on_exit_thread(tid, rpc, state, status)

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Journal], status: ExitStatus) -> None:
        await anyio.sleep(0)
        await super().on_exit_process(pid, rpc, status)


@pytest.mark.parametrize("tool", [Ends, SlowEnds])
def test_every_thread_s_end_comes_before_its_process_s_and_the_leader_s_is_last(
    tool: type[Ends], trace: Trace, guest: CompileGuest
) -> None:
    run = trace(tool, [guest("exit_group_blocked"), "7"])
    assert run.status == ExitStatus.exited(7)
    ends = [entry for entry in run.global_state.entries if entry.event != "begin"]
    [[root, status]] = run.global_state.values("process")
    assert status == "exited with 7"
    assert len(ends) == 10
    assert [entry.value for entry in ends[-2:]] == [[root, "exited with 7"]] * 2
    assert ends[-1].event == "process"
    assert all(entry.value[1] == "exited with 7" for entry in ends)


def test_a_thread_whose_callback_waits_holds_its_leader_s_back(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(SlowEnds, [guest("exit_group_blocked")]).global_state
    [[root, _]] = journal.values("process")
    last_thread = max(i for i, e in enumerate(journal.entries) if e.event == "thread" and e.value[0] != root)
    assert journal.index("begin", root) > last_thread


def test_a_leader_that_exits_first_ends_last(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Ends, [guest("leader_exits_first")])
    assert run.status == ExitStatus.exited(0)
    [[root, status]] = run.global_state.values("process")
    (thread, _), (leader, _) = run.global_state.values("thread")
    assert leader == root != thread
    assert status == "exited with 0"


def test_one_thread_s_exit_is_that_thread_s_only(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(Ends, [guest("threads_short_lived"), "8"]).global_state
    assert journal.events == ["thread"] * 9 + ["process"]
    assert all(status == "exited with 0" for _, status in journal.values("thread"))


@pytest.mark.parametrize(
    ("how", "signo"),
    [("segv", signal.SIGSEGV), ("abort", signal.SIGABRT), ("9", signal.SIGKILL), ("15", signal.SIGTERM), ("40", 40)],
)
def test_a_guest_that_a_signal_kills_has_that_status(how: str, signo: int, trace: Trace, guest: CompileGuest) -> None:
    run = trace(Ends, [guest("die"), how])
    assert run.status.signal == signo
    assert run.status.code is None
    [[root, text]] = run.global_state.values("process")
    assert run.global_state.values("thread") == [[root, text]]
    assert text == str(run.status)


def test_a_signal_that_kills_ends_every_thread_with_it(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Ends, [guest("die_with_threads")])
    assert run.status.signal == signal.SIGSEGV
    assert len(run.global_state.values("thread")) == 4
    assert {status for _, status in run.global_state.values("thread")} == {str(run.status)}


def test_a_guest_killed_by_another_guest_ends_like_any_other(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Ends, [guest("kill_child")])
    assert run.status == ExitStatus.exited(0)
    statuses = [status for _, status in run.global_state.values("process")]
    assert sorted(statuses) == ["exited with 0"] + ["killed by SIGKILL"] * 2
    assert [status for _, status in run.global_state.values("thread")].count("killed by SIGKILL") == 5


def test_a_guest_killed_from_outside_ends_like_any_other(trace: Trace, guest: CompileGuest) -> None:
    reading, writing = os.pipe()

    def kill() -> None:
        assert os.read(reading, 6) == b"ready\n"
        [root] = [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/comm") if _is_waiting(path)]
        os.kill(root, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        run = trace(Ends, Command([str(guest("wait_forever"))], stdout=writing))
    finally:
        os.close(writing)
        killer.join()
        os.close(reading)
    assert run.status == ExitStatus.killed(signal.SIGKILL)
    assert run.global_state.events == ["thread", "process"]


def _is_waiting(comm: Path) -> bool:
    try:
        status = (comm.parent / "status").read_text()
        return comm.read_text() == "wait_forever\n" and f"PPid:\t{os.getpid()}\n" in status
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_run_lasts_until_the_last_orphan_is_gone(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Ends, [guest("orphan")])
    assert run.status == ExitStatus.exited(0)
    statuses = [status for _, status in run.global_state.values("process")]
    assert sorted(statuses) == ["exited with 0", "exited with 5"]  # in either order: they are two processes


def test_a_daemon_that_forked_twice_is_waited_for(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Ends, [guest("daemon_double_fork")])
    assert run.status == ExitStatus.exited(0)
    statuses = [status for _, status in run.global_state.values("process")]
    assert sorted(statuses) == ["exited with 0", "exited with 0", "exited with 6"]


class BlocksForEver(Tool[Journal, None]):
    """The handler of getuid never ends by itself; the leader's geteuid is held until that has begun."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.getuid, Sysno.getgid, Sysno.geteuid)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if call.sysno is Sysno.getuid:
            await guest.call(Journal.note, "blocked")
            try:
                await anyio.sleep_forever()
            finally:
                await self.finish(guest, call)
        if call.sysno is Sysno.geteuid:
            await guest.call(Journal.until, "blocked")
        await guest.tail_inject(call)

    async def finish(self, guest: Guest[Journal, None], call: Syscall) -> None:
        """Run what the handler's `finally` does."""

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: None, status: ExitStatus) -> None:
        await rpc.call(Journal.note, "thread", str(status))


@pytest.mark.parametrize(("words", "status"), [([], "exited with 0"), (["9"], "killed by SIGKILL")])
def test_a_handler_that_waits_for_ever_is_dropped_when_its_thread_dies(
    words: list[str], status: str, trace: Trace, guest: CompileGuest
) -> None:
    run = trace(BlocksForEver, [guest("thread_blocks_leader_exits"), *words])
    assert str(run.status) == status
    assert run.global_state.values("thread") == [status] * 2


class CleansUp(BlocksForEver):
    """In the `finally` of a dropped handler it asks the guest for what it no longer has."""

    async def finish(self, guest: Guest[Journal, None], call: Syscall) -> None:
        gone = []
        try:
            guest.regs()
        except GuestGone:
            gone.append("regs")
        try:
            guest.set_regs(None)  # type: ignore[arg-type]  # it must not be looked at
        except GuestGone:
            gone.append("set_regs")
        with anyio.CancelScope(shield=True):
            try:
                await guest.inject(call)
            except GuestGone:
                gone.append("inject")
            await guest.call(Journal.note, "cleaned up", gone)


@pytest.mark.parametrize("words", [[], ["9"]], ids=["exit_group", "SIGKILL"])
def test_a_dropped_handler_runs_its_finally_blocks_and_its_guest_is_gone(
    words: list[str], trace: Trace, guest: CompileGuest
) -> None:
    journal = trace(CleansUp, [guest("thread_blocks_leader_exits"), *words]).global_state
    assert journal.values("cleaned up") == [["regs", "set_regs", "inject"]]
    assert journal.index("cleaned up") < journal.index("thread")


class CatchesExceptions(BlocksForEver):
    """Catches every Exception, as a careless tool does; it must be dropped all the same."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        while True:
            try:
                return await super().handle_syscall_event(guest, call)
            except Exception:
                await guest.call(Journal.note, "caught")


def test_a_handler_that_catches_every_exception_is_dropped_all_the_same(trace: Trace, guest: CompileGuest) -> None:
    run = trace(CatchesExceptions, [guest("thread_blocks_leader_exits")])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.count("caught") == 0


class HoldsThreadStart(Tool[Journal, None]):
    """Never lets a thread but the first begin; the leader goes on meanwhile."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.geteuid, Sysno.getuid)

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        if not guest.is_main_thread:
            await guest.call(Journal.note, "held")
            await anyio.sleep_forever()

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if call.sysno is Sysno.getuid:
            await guest.call(Journal.note, "ran")
        await guest.call(Journal.until, "held")
        await guest.tail_inject(call)

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: None, status: ExitStatus) -> None:
        await rpc.call(Journal.note, "thread")


def test_a_thread_executes_nothing_until_its_start_handler_has_returned(trace: Trace, guest: CompileGuest) -> None:
    run = trace(HoldsThreadStart, [guest("thread_blocks_leader_exits")])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.count("ran") == 0
    assert run.global_state.count("held") == 1
    assert run.global_state.count("thread") == 2


def test_threads_that_are_being_born_when_their_process_ends_are_all_told(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Ends, [guest("exit_group_storm"), "20"])
    assert run.status == ExitStatus.exited(0)
    journal = run.global_state
    assert journal.count("process") == 21
    assert journal.count("thread") == 21 + 20 * 8
    for pid, _ in journal.values("process"):
        assert journal.index("thread", [pid, "exited with 0"]) < journal.index("process", [pid, "exited with 0"])


def test_threads_and_processes_that_are_being_born_when_their_parent_is_killed_are_all_told(
    trace: Trace, guest: CompileGuest
) -> None:
    run = trace(Ends, [guest("kill_storm"), "40"])
    assert run.status == ExitStatus.exited(0)
    journal = run.global_state
    statuses = [status for _, status in journal.values("process")]
    assert statuses.count("killed by SIGKILL") >= 40
    assert set(statuses) <= {"exited with 0", "killed by SIGKILL"}
    for tid, status in journal.values("process"):
        assert journal.index("thread", [tid, status]) < journal.index("process", [tid, status])


@pytest.mark.parametrize(
    ("script", "status"), [("exit 5", ExitStatus.exited(5)), ("kill -9 $$", ExitStatus.killed(signal.SIGKILL))]
)
def test_a_run_has_the_status_of_the_program_that_another_thread_than_the_leader_execed(
    script: str, status: ExitStatus, trace: Trace, guest: CompileGuest
) -> None:
    run = trace(Ends, [guest("exec_by_thread_fails"), script])
    assert run.status == status
    assert run.global_state.values("process") == [[run.global_state.tids("process")[0], str(status)]]
