"""Recorder tells order; and says what it saw when the order was another."""

import threading

import pytest

from reverie.testing import Recorder


def recorded(*log: str) -> Recorder:
    recorder = Recorder()
    for what in log:
        recorder.note(what)
    return recorder


def test_the_log_is_in_the_order_of_notes() -> None:
    assert recorded("a", "b", "a").log == ("a", "b", "a")


def test_what_is_in_order_passes() -> None:
    recorder = recorded("a", "b", "b", "c")
    recorder.happened("a").before("b").before("c")
    recorder.happened("c").after("a").after("b")
    recorder.happened("b", times=2).after("a").before("c")
    recorder.never("d")


@pytest.mark.parametrize(
    ("log", "message"),
    [
        ("ba", "'a' did not happen before 'b'. The log:\n  1. b\n  2. a"),
        ("aba", "'a' did not happen before 'b'. The log:\n  1. a\n  2. b\n  3. a"),
        ("bab", "'a' did not happen before 'b'."),
        ("b", "'a' did not happen. The log:\n  1. b"),
        ("a", "'a' is not before 'b', which did not happen. The log:\n  1. a"),
        ("", "'a' did not happen. The log is empty."),
    ],
)
def test_what_is_not_before_fails_with_the_log(log: str, message: str) -> None:
    with pytest.raises(AssertionError) as caught:
        recorded(*log).happened("a").before("b")
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("log", ["ab", "bab", "aba", "a", "b"])
def test_what_is_not_after_fails(log: str) -> None:
    with pytest.raises(AssertionError):
        recorded(*log).happened("a").after("b")


def test_something_is_not_before_itself() -> None:
    with pytest.raises(AssertionError):
        recorded("a").happened("a").before("a")


def test_a_wrong_count_fails_with_both_numbers() -> None:
    recorder = recorded("a", "a")
    with pytest.raises(AssertionError, match="happened 2 times, not 1"):
        recorder.happened("a", times=1)
    with pytest.raises(AssertionError, match="happened 2 times, not 0"):
        recorder.never("a")


def test_threads_share_a_recorder() -> None:
    recorder = Recorder()
    threads = [threading.Thread(target=recorder.note, args=(f"thread {n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorder.note("all joined")
    for n in range(8):
        recorder.happened(f"thread {n}", times=1).before("all joined")
