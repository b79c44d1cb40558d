"""Status words become stops. Where they come from the kernel is the business of the contract tests."""

import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reverie.errors import InternalError
from reverie_process import ExitStatus
from reverie_ptrace.kernel.layouts import EventCode
from reverie_ptrace.stops.status import (
    BirthStop,
    ExecStop,
    ExitStop,
    Gone,
    GroupStop,
    SeccompStop,
    SignalStop,
    SyscallStop,
    TrapStop,
    VforkDoneStop,
    decode_status,
)

SIGNALS = st.integers(1, 64)


def stopped(signo: int, event: int = 0) -> int:
    """Return the word that wait(2) gives for a stop, ptrace(2): the event is the third byte."""
    return event << 16 | signo << 8 | 0x7F


@given(st.integers(0, 255))
def test_an_exit_is_an_end_with_its_code(code: int) -> None:
    assert decode_status(code << 8) == Gone(ExitStatus.exited(code))


@given(SIGNALS, st.booleans())
def test_a_death_is_an_end_with_its_signal_and_its_core(signo: int, core: bool) -> None:
    status = signo | (0x80 if core else 0)
    assert decode_status(status) == Gone(ExitStatus.killed(signo, core_dumped=core))


@given(SIGNALS)
def test_a_stop_without_an_event_is_a_signal_that_is_about_to_be_delivered(signo: int) -> None:
    assert decode_status(stopped(signo)) == SignalStop(signo)


def test_a_trap_of_ours_at_a_system_call_is_told_from_the_guest_s_own_sigtrap() -> None:
    assert decode_status(stopped(signal.SIGTRAP | 0x80)) == SyscallStop()
    assert decode_status(stopped(signal.SIGTRAP)) == SignalStop(signal.SIGTRAP)


@pytest.mark.parametrize(
    ("event", "stop"),
    [
        (EventCode.FORK, BirthStop(EventCode.FORK)),
        (EventCode.VFORK, BirthStop(EventCode.VFORK)),
        (EventCode.CLONE, BirthStop(EventCode.CLONE)),
        (EventCode.EXEC, ExecStop()),
        (EventCode.VFORK_DONE, VforkDoneStop()),
        (EventCode.EXIT, ExitStop()),
        (EventCode.SECCOMP, SeccompStop()),
        (EventCode.STOP, TrapStop()),
    ],
)
def test_each_event_has_its_stop(event: EventCode, stop: object) -> None:
    assert decode_status(stopped(signal.SIGTRAP, event)) == stop


@pytest.mark.parametrize("signo", [signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU])
def test_an_event_stop_with_a_stopping_signal_is_a_group_stop(signo: int) -> None:
    assert decode_status(stopped(signo, EventCode.STOP)) == GroupStop(signo)
    assert decode_status(stopped(signo)) == SignalStop(signo)


@given(st.integers(1, 255).filter(lambda event: event not in set(EventCode)))
def test_an_event_that_nobody_asked_for_is_a_mistake_of_ours(event: int) -> None:
    with pytest.raises(InternalError, match=f"event {event},"):
        decode_status(stopped(signal.SIGTRAP, event))


@given(st.integers(0, 0xFF_FFFF))
def test_every_word_is_a_stop_or_a_mistake(status: int) -> None:
    try:
        stop = decode_status(status)
    except InternalError:
        assert status >> 16 not in {0, *EventCode}
    else:
        assert isinstance(stop, Gone) == (status & 0xFF != 0x7F)
