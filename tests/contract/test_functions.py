"""A Python function as the guest."""

import os
import signal
import sys
import threading
from collections.abc import Callable

import pytest

import reverie
from reverie import ExitStatus, Guest, Subscription, Tool
from reverie.syscalls import Getppid, Syscall
from tests.contract.journal import Journal
from tests.support.backends import BackendUnderTest


class AnswersGetppid(Tool[Journal, None]):
    """Answers getppid with 4711, and notes starts and execs."""

    @classmethod
    def subscriptions(cls, config: object) -> Subscription:
        return Subscription.of("getppid")

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        await guest.call(Journal.note, "start", await guest.inject(Getppid()) == os.getpid())

    async def handle_post_exec(self, guest: Guest[Journal, None]) -> None:
        await guest.call(Journal.note, "exec")

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        return 4711


def speak() -> None:
    print("parent", os.getppid())
    print("heard", file=sys.stderr)


def raises() -> None:
    raise ValueError("in the guest")


def exits() -> None:
    sys.exit(7)


def threads() -> None:
    found: list[int] = []
    workers = [threading.Thread(target=lambda: found.append(os.getppid())) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(found)


def dies() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def under(backend: BackendUnderTest, function: Callable[[], object]) -> reverie.RunResult[Journal]:
    return reverie.run_function(
        AnswersGetppid, function, backend=backend.name, event_loop=backend.event_loop, timeout=20
    )


def test_a_function_runs_under_the_tool_and_its_output_comes_back(backend: BackendUnderTest) -> None:
    run = under(backend, speak)
    assert run.status == ExitStatus.exited(0)
    assert run.stdout == b"parent 4711\n"
    assert run.stderr == b"heard\n"
    assert run.global_state.events == ["start"]
    assert run.global_state.values("start") == [True]


def test_threads_of_a_function_are_guests_too(backend: BackendUnderTest) -> None:
    run = under(backend, threads)
    assert run.stdout == b"[4711, 4711, 4711]\n"
    assert run.global_state.count("start") == 4


@pytest.mark.parametrize(
    ("function", "status"),
    [(raises, ExitStatus.exited(1)), (exits, ExitStatus.exited(7))],
)
def test_a_function_ends_as_a_program_would(
    function: Callable[[], object], status: ExitStatus, backend: BackendUnderTest
) -> None:
    run = under(backend, function)
    assert run.status == status
    assert (b"ValueError: in the guest" in (run.stderr or b"")) == (function is raises)


def test_a_function_that_dies_of_a_signal_says_so(backend: BackendUnderTest) -> None:
    assert under(backend, dies).status == ExitStatus.killed(signal.SIGTERM)


def test_a_function_may_use_what_is_around_it_and_changes_only_its_copy(backend: BackendUnderTest) -> None:
    seen = [1]

    def change() -> None:
        seen.append(2)
        print(seen)

    assert under(backend, change).stdout == b"[1, 2]\n"
    assert seen == [1]
