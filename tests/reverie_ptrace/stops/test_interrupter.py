"""A thread that is blocked in wait4 comes back when another one asks it to, whenever that is."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator

import pytest

from reverie_ptrace.kernel.wait import Wait
from reverie_ptrace.stops.interrupter import Interrupter


@pytest.fixture
def child() -> Iterator[int]:
    """Give a child of this thread that does not end by itself."""
    process = subprocess.Popen(["sleep", "60"])
    yield process.pid
    process.kill()
    process.wait()


def test_nothing_is_taken_when_nobody_interrupted() -> None:
    assert Interrupter().take() is False


def test_an_interruption_is_taken_once(child: int) -> None:
    interrupter = Interrupter()
    other = threading.Thread(target=interrupter.interrupt)
    other.start()
    assert Wait().block() == (0, 0)
    assert interrupter.take() is True
    assert interrupter.take() is False
    other.join()


def test_many_interruptions_each_end_one_wait(child: int) -> None:
    interrupter, wait = Interrupter(), Wait()

    def interrupt_often() -> None:
        for _ in range(200):
            interrupter.interrupt()

    other = threading.Thread(target=interrupt_often)
    other.start()
    taken = 0
    while taken < 200:
        assert wait.block() == (0, 0)
        taken += interrupter.take()
    other.join()
    assert interrupter.take() is False


def test_an_interruption_that_comes_before_the_wait_ends_it_all_the_same(child: int) -> None:
    interrupter = Interrupter()
    other = threading.Thread(target=interrupter.interrupt)
    other.start()
    while not interrupter.wanted:  # the signal may be here and gone by now
        pass
    assert Wait().block() == (0, 0)
    assert interrupter.take() is True
    other.join()


def test_two_interrupters_on_two_threads_do_not_meet(child: int) -> None:
    ready, done = threading.Barrier(2), threading.Event()
    found: list[bool] = []
    theirs: list[Interrupter] = []

    def live() -> None:
        theirs.append(Interrupter())
        ready.wait()
        done.wait()
        found.append(theirs[0].take())

    thread = threading.Thread(target=live)
    thread.start()
    mine = Interrupter()
    ready.wait()
    other = threading.Thread(target=mine.interrupt)
    other.start()
    assert Wait().block() == (0, 0)
    assert mine.take() is True
    done.set()
    thread.join()
    other.join()
    assert found == [False]


def test_the_signal_is_a_real_time_one_and_python_s_own_handlers_stay() -> None:
    before = {signo: signal.getsignal(signo) for signo in (signal.SIGINT, signal.SIGCHLD, signal.SIGTERM)}
    interrupter = Interrupter()
    assert signal.SIGRTMIN <= interrupter._signo <= signal.SIGRTMAX
    assert {signo: signal.getsignal(signo) for signo in before} == before
    os.kill(os.getpid(), interrupter._signo)  # to nobody in particular: it does nothing
