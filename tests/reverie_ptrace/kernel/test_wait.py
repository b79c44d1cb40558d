"""wait4 on one thread: its own children and tracees, and nobody else's."""

import os
import subprocess
import threading

import pytest

from reverie_ptrace.kernel.wait import NoTracees, Wait
from tests.support.compile import CompileGuest


def on_a_thread(function: object) -> object:
    """Call a function on a thread of its own, which has no children."""
    found: list[object] = []

    def call() -> None:
        try:
            found.append(function())  # type: ignore[operator]  # it is callable
        except BaseException as error:
            found.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.parametrize("method", [Wait.block, Wait.poll])
def test_a_thread_without_children_has_nothing_to_wait_for(method: object) -> None:
    assert isinstance(on_a_thread(lambda: method(Wait())), NoTracees)  # type: ignore[operator]  # a method


def test_a_child_of_another_thread_is_not_taken(guest: CompileGuest) -> None:
    process = subprocess.Popen([guest("exit42")])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert isinstance(on_a_thread(lambda: Wait().poll()), NoTracees)
    assert process.wait() == 42


def test_a_child_s_status_is_taken_with_its_id(guest: CompileGuest) -> None:
    def spawn_and_wait() -> tuple[int, tuple[int, int]]:
        pid = os.posix_spawn(guest("exit42"), ["exit42"], {})
        return pid, Wait().block()

    pid, taken = on_a_thread(spawn_and_wait)  # type: ignore[misc]  # what it returns
    assert taken == (pid, 42 << 8)


def test_a_child_that_has_not_ended_is_no_status_yet() -> None:
    def spawn_and_poll() -> tuple[int, int]:
        process = subprocess.Popen(["sleep", "60"])
        try:
            return Wait().poll()
        finally:
            process.kill()
            process.wait()

    assert on_a_thread(spawn_and_poll) == (0, 0)
