"""A pid namespace of the guest's own: a tool knows its threads by outer ids, the guest by inner ones, and both hold."""

from typing import Any

from reverie import ExitStatus, Guest, Subscription
from reverie.syscalls import Getpid, Getppid, Gettid, Signal
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.contract.lives.ability import skip_unless_able
from tests.contract.lives.chronicle import Chronicle, ends
from tests.support.compile import CompileGuest


class AsksForIds(Chronicle):
    """Notes what the guest itself thinks its ids are."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.none()

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        await super().handle_thread_start(guest)
        inner = [await guest.inject(call()) for call in (Gettid, Getpid, Getppid)]
        await guest.call(Journal.note, "inner", [guest.tid, *inner])

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        await guest.call(Journal.note, signal.name, [guest.siginfo().pid, await guest.inject(Gettid())])
        return signal


def test_a_tool_has_outer_ids_and_what_the_guest_calls_returns_has_inner_ones(
    trace: Trace, guest: CompileGuest
) -> None:
    skip_unless_able(["namespace_lives"], guest)
    run = trace(AsksForIds, [guest("namespace_lives")])
    assert run.status == ExitStatus.exited(0)
    journal = run.global_state
    (root, _, _), *others = journal.values("start")
    inner = {tid: ids for tid, *ids in journal.values("inner")}
    assert inner[root][:2] == [root, root]
    # Four namespaces, two of them inside each other's: each has an init, its child, and a thread of the init.
    inits = [pid for tid, pid, _ in others if inner[tid][0] == 1]
    assert len(inits) == 4
    assert [inner[init] for init in inits] == [[1, 1, 0]] * 4
    for tid, pid, ppid in others:
        if pid not in inits:
            assert inner[tid] == [2, 2, 1]
            assert ppid in inits
        elif tid != pid:
            assert inner[tid] == [3, 1, 0]
    assert sorted(ppid for _, pid, ppid in others if _ == pid in inits) == sorted([root, inits[0], inits[1], root])
    assert sorted(ends(journal).values()) == ["exited with 0"] + ["exited with 4"] * 4 + ["exited with 9"] * 4


def test_what_comes_with_a_signal_names_its_sender_as_the_guest_knows_it(trace: Trace, guest: CompileGuest) -> None:
    skip_unless_able(["namespace_lives"], guest)
    journal = trace(AsksForIds, [guest("namespace_lives")]).global_state
    # To itself by the child and by a thread, and once from outside the namespace: that sender has no id inside.
    assert sorted(journal.values("SIGUSR1")) == sorted([[2, 2]] * 4 + [[1, 3]] * 4 + [[0, 1]])


def test_with_the_init_of_a_namespace_all_who_live_in_it_end(trace: Trace, guest: CompileGuest) -> None:
    skip_unless_able(["namespace_init_ends"], guest)
    run = trace(Chronicle, [guest("namespace_init_ends")])
    assert run.status == ExitStatus.exited(0)
    journal = run.global_state
    (root, _, _), *others = journal.values("start")
    statuses = ends(journal)
    inits = [pid for tid, pid, ppid in others if ppid == root]
    assert [statuses.pop(init) for init in inits] == ["exited with 7", "killed by SIGKILL"]
    assert statuses.pop(root) == "exited with 0"
    # In each: two children and an orphan, with a thread each; and the orphan's parent, which exits.
    assert sorted(statuses.values()) == ["exited with 0"] * 2 + ["killed by SIGKILL"] * 6
    assert [status for _, status in journal.values("thread exit")].count("killed by SIGKILL") == 6 * 2 + 1
    ended = {tid for tid, _ in journal.values("thread exit")}
    assert len(ended) == journal.count("thread exit") == 1 + 2 + 2 + 6 * 2
    assert ended >= set(journal.tids("start"))  # a thread that was killed before its first instruction has none
