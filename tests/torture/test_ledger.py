"""The books find a thread or process whose end was told too often, too early or never."""

import os
from collections.abc import Iterator

import pytest

from reverie import ExitStatus, Pid, Tid
from torture.ledger import Ledger
from torture.memory import FEWEST, TOLERANCE_BYTES, WARM_UP, Memory

DONE = ExitStatus.exited(0)


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """Give a ledger that keeps no descriptor."""
    books = Ledger()
    yield books
    books.finish()


def test_a_run_whose_ends_were_all_told_once_balances(ledger: Ledger) -> None:
    pid = os.getpid()
    process = ledger.open_process(Pid(pid))
    leader, other = ledger.open_thread(Tid(pid), process, 1), ledger.open_thread(Tid(7), process, 2)
    ledger.close_thread(Tid(7), other)
    ledger.close_thread(Tid(pid), leader)
    ledger.close_process(process, DONE)
    assert ledger.complaints(DONE) == []
    assert ledger.complaints(None) == []
    assert ledger.alive() == []


def test_what_does_not_balance_is_named(ledger: Ledger) -> None:
    pid = os.getpid()
    process = ledger.open_process(Pid(pid))
    leader, other = ledger.open_thread(Tid(pid), process, 1), ledger.open_thread(Tid(7), process, 2)
    ledger.close_thread(Tid(pid), leader)
    ledger.close_thread(Tid(7), other)
    ledger.close_thread(Tid(7), other)
    assert ledger.complaints(DONE) == [
        f"thread 7 of {pid} had 2 exit callbacks",
        f"process {pid} had 0 exit callbacks",
        f"the leader of {pid} was not the last: [{pid}, 7, 7]",
        "the run's status is exited with 0, and the root's exit callback was told ",
    ]


def test_a_process_whose_first_thread_never_was_had_no_end(ledger: Ledger) -> None:
    ledger.open_process(Pid(os.getpid()))
    assert ledger.complaints(None) == []


def test_memory_that_grows_is_told_and_memory_that_does_not_is_not() -> None:
    steady = Memory([1 << 30] * WARM_UP + [50 << 20] * FEWEST)
    assert steady.growth() == 0
    assert steady.complaint() is None
    growing = Memory([50 << 20] * WARM_UP + [(50 << 20) + TOLERANCE_BYTES * i // 50 for i in range(FEWEST)])
    assert "grew by" in str(growing.complaint())
    assert Memory([1, 2, 3]).growth() is None


def test_a_sample_is_this_process_s_memory() -> None:
    memory = Memory()
    memory.sample()
    assert 1 << 20 < memory.samples[0] < 1 << 34
