"""Execs in long chains, at once with others, and while other threads are anywhere: who survives, and what is told."""

from typing import Any

import anyio
import pytest

from reverie import ExitStatus, Guest, Subscription, SyscallError
from reverie.syscalls import Syscall, Sysno
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.contract.lives.chronicle import Chronicle, ends
from tests.support.compile import CompileGuest


def test_sixty_four_execs_in_a_row_are_one_life(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Chronicle, [guest("exec_chain"), "64"])
    assert run.status == ExitStatus.exited(0)
    journal = run.global_state
    root = journal.values("start")[0][0]
    assert journal.values("exec") == [[root, root]] * 65
    assert ends(journal) == {root: "exited with 0"}
    assert len(journal.values("thread exit")) == len(journal.values("start")) == 33  # every other one is a thread's
    assert {status for _, status in journal.values("thread exit")} == {"exited with 0"}


def test_of_threads_that_exec_at_once_one_survives_and_the_others_end(trace: Trace, guest: CompileGuest) -> None:
    rounds = 6
    run = trace(Chronicle, [guest("exec_race"), str(rounds)])
    assert run.status == ExitStatus.exited(0)
    journal = run.global_state
    root = journal.values("start")[0][0]
    assert journal.values("exec") == [[root, root]] * (rounds + 1)
    assert len(journal.values("start")) == len(journal.values("thread exit")) == 1 + 3 * rounds
    assert ends(journal) == {root: "exited with 0"}
    assert {status for _, status in journal.values("thread exit")} == {"exited with 0"}


def test_a_thread_that_execs_takes_the_id_of_a_leader_that_has_exited(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Chronicle, [guest("exec_leader_exited")])
    assert run.status == ExitStatus.exited(0)
    journal = run.global_state
    root = journal.values("start")[0][0]
    assert journal.values("exec") == [[root, root]] * 2
    assert len(journal.values("thread exit")) == 2
    assert ends(journal) == {root: "exited with 0"}


def test_a_leader_that_has_exited_before_another_thread_execs_keeps_its_own_status(
    trace: Trace, guest: CompileGuest
) -> None:
    journal = trace(Chronicle, [guest("exec_leader_exited")]).global_state
    assert [status for _, status in journal.values("thread exit")] == ["exited with 3", "exited with 0"]


class HoldsOthers(Chronicle):
    """Holds all threads but the one that execs in handlers that wait for ever; then that one may go on."""

    others = 2
    started = False

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.pause, Sysno.execve)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if call.sysno is Sysno.execve:
            if self.started:
                await guest.call(Journal.until, "held", self.others)
            return await guest.inject(call)
        await guest.call(Journal.note, "held", guest.tid)
        try:
            await anyio.sleep_forever()
        finally:
            with anyio.CancelScope(shield=True):
                await guest.call(Journal.note, "dropped", guest.tid)
        await guest.tail_inject(call)

    async def handle_post_exec(self, guest: Guest[Journal, None]) -> None:
        self.started = True
        await super().handle_post_exec(guest)


class HoldsThreeOthers(HoldsOthers):
    """The same for a program with one thread more."""

    others = 3


@pytest.mark.parametrize(
    ("tool", "name"), [(HoldsOthers, "exec_by_thread"), (HoldsThreeOthers, "exec_by_leader")], ids=["thread", "leader"]
)
def test_handlers_of_the_threads_that_an_exec_ends_are_dropped_before_it_is_told(
    tool: type[HoldsOthers], name: str, trace: Trace, guest: CompileGuest
) -> None:
    run = trace(tool, [guest(name)])
    assert run.status == ExitStatus.exited(0)
    journal = run.global_state
    root = journal.values("start")[0][0]
    assert sorted(journal.values("held")) == sorted(journal.values("dropped"))
    assert journal.count("held") == tool.others
    second = [index for index, entry in enumerate(journal.entries) if entry.event == "exec"][1]
    assert all(index < second for index, entry in enumerate(journal.entries) if entry.event == "dropped")
    assert journal.values("exec") == [[root, root]] * 2
    assert len(journal.values("thread exit")) == tool.others + 1
    assert ends(journal) == {root: "exited with 0"}


def test_an_exec_while_another_thread_waits_for_its_vforked_child_leaves_the_child_alone(
    trace: Trace, guest: CompileGuest
) -> None:
    run = trace(Chronicle, [guest("exec_under_vfork")])
    assert run.status == ExitStatus.exited(0)
    journal = run.global_state
    (root, _, _), (thread, _, _), (child, pid, ppid) = journal.values("start")
    assert (pid, ppid) == (child, root)
    assert journal.values("exec") == [[root, root]] * 2
    assert ends(journal) == {root: "exited with 0", child: "exited with 5"}
    assert journal.index("thread exit", [thread, "exited with 0"]) < journal.index(
        "thread exit", [root, "exited with 0"]
    )


class NotesFailures(Chronicle):
    """Injects each execve and notes what became of it."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.execve)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        try:
            return await guest.inject(call)
        except SyscallError as error:
            await guest.call(Journal.note, error.errno.name, guest.tid)
            raise


def test_execs_that_fail_in_a_vforked_child_are_errors_of_its_and_no_execs(trace: Trace, guest: CompileGuest) -> None:
    run = trace(NotesFailures, [guest("vfork_exec_fails")])
    assert run.status == ExitStatus.exited(0)
    journal = run.global_state
    (root, _, _), (first, _, _), (second, _, _) = journal.values("start")
    assert journal.of(first) == ["start", "ENOENT", "EACCES", "thread exit", "process exit"]
    assert journal.of(second) == ["start", "ENOENT", "EACCES", "exec", "thread exit", "process exit"]
    assert ends(journal) == {root: "exited with 0", first: "exited with 7", second: "exited with 4"}
