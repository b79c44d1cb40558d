"""The times before and after a line."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reverie_examples.strace.lines import Stamp, duration
from reverie_examples.strace.options import Clock

NOON_NS = 1_700_000_000_000_000_000


def test_no_clock_no_stamp() -> None:
    assert Stamp(Clock.NONE)(NOON_NS) == ""


def test_seconds_and_microseconds_of_the_day() -> None:
    local = time.strftime("%H:%M:%S", time.localtime(NOON_NS // 10**9))
    assert Stamp(Clock.SECONDS)(NOON_NS + 999_999_999) == local + " "
    assert Stamp(Clock.MICROSECONDS)(NOON_NS + 123_456_789) == f"{local}.123456 "


def test_since_the_epoch() -> None:
    assert Stamp(Clock.EPOCH)(NOON_NS + 1_000) == "1700000000.000001 "


def test_since_the_line_before() -> None:
    stamp = Stamp(Clock.RELATIVE)
    assert stamp(NOON_NS) == "     0.000000 "
    assert stamp(NOON_NS + 1_500_000_000) == "     1.500000 "
    assert stamp(NOON_NS + 1_500_001_000) == "     0.000001 "


def test_a_clock_that_was_set_back_between_two_lines_leaves_a_readable_stamp() -> None:
    stamp = Stamp(Clock.RELATIVE)
    stamp(NOON_NS)
    text = stamp(NOON_NS - 1_000)
    seconds = float(text)
    assert -1 < seconds <= 0


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [(0, " <0.000000>"), (999, " <0.000000>"), (1_000, " <0.000001>"), (61_000_000_999, " <61.000000>")],
)
def test_duration(nanoseconds: int, text: str) -> None:
    assert duration(nanoseconds) == text


@given(st.integers(0, 10**18))
def test_a_duration_reads_back_to_the_microsecond(nanoseconds: int) -> None:
    text = duration(nanoseconds)
    assert text.startswith(" <")
    assert text.endswith(">")
    seconds, micros = text[2:-1].split(".")
    assert int(seconds) * 10**6 + int(micros) == nanoseconds // 1000
