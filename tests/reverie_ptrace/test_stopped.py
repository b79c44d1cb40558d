"""The handle that permits requests is spent by resuming."""

import errno
import struct
from collections.abc import Callable

import pytest

from reverie.errors import InternalError
from reverie_process import Tid
from reverie_ptrace.kernel import requests
from reverie_ptrace.kernel.layouts import EventCode
from reverie_ptrace.kernel.registers import RegisterBuffer
from reverie_ptrace.kernel.requests import SyscallInfoBuffer
from reverie_ptrace.stopped import Stopped

REQUESTS: list[Callable[[Stopped], object]] = [
    lambda stopped: stopped.load(RegisterBuffer()),
    lambda stopped: stopped.store(RegisterBuffer()),
    lambda stopped: stopped.syscall_info(SyscallInfoBuffer()),
    Stopped.message,
    Stopped.siginfo,
    lambda stopped: stopped.set_siginfo(bytes(128)),
    Stopped.cont,
    Stopped.syscall,
    Stopped.listen,
]


@pytest.mark.parametrize("request_of", REQUESTS, ids=range(len(REQUESTS)))
def test_a_request_to_a_thread_that_is_not_stopped_is_a_mistake_of_ours(
    request_of: Callable[[Stopped], object],
) -> None:
    with pytest.raises(InternalError, match="thread 4711, which is not stopped"):
        request_of(Stopped(Tid(4711)))


@pytest.mark.parametrize(
    ("name", "resume"), [("cont", Stopped.cont), ("syscall", Stopped.syscall), ("listen", Stopped.listen)]
)
def test_resuming_spends_the_handle_even_when_the_thread_is_gone(
    name: str, resume: Callable[[Stopped], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise ProcessLookupError

    monkeypatch.setattr(requests, name, gone)
    stopped = Stopped(Tid(4711))
    stopped.spent = False
    with pytest.raises(ProcessLookupError):
        resume(stopped)
    assert stopped.spent


def test_a_request_to_a_thread_that_does_not_exist_is_esrch() -> None:
    stopped = Stopped(Tid(2**22 + 1))  # larger than any id: PID_MAX_LIMIT, linux/threads.h
    stopped.spent = False
    with pytest.raises(ProcessLookupError):
        stopped.message()


def test_a_group_stop_that_a_kill_has_ended_is_a_death(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_in_a_group_stop(*_: object) -> None:
        raise OSError(errno.EIO, "not listening")

    monkeypatch.setattr(requests, "listen", not_in_a_group_stop)
    stopped = Stopped(Tid(4711))
    stopped.spent = False
    with pytest.raises(ProcessLookupError):
        stopped.listen()


@pytest.mark.parametrize(("code", "born"), [((1 << 8) | 5, 4712), ((6 << 8) | 5, None)])
def test_a_newborns_id_is_believed_only_at_the_birth_stop(
    code: int, born: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed at its birth stop, a thread stands at its exit stop, and the message is its exit status."""
    monkeypatch.setattr(requests, "geteventmsg", lambda tid: 4712)
    monkeypatch.setattr(requests, "getsiginfo", lambda tid: struct.pack("=8xi", code) + bytes(116))
    stopped = Stopped(Tid(4711))
    stopped.spent = False
    assert stopped.birth(EventCode.FORK) == born


def test_a_siginfo_is_believed_only_at_the_signal_s_own_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed at its signal-delivery-stop, a thread stands at its exit stop, and the siginfo is that stop's."""
    infos = [struct.pack("=ixxxxi", 10, -6), struct.pack("=ixxxxi", 5, 6 << 8 | 5)]
    monkeypatch.setattr(requests, "getsiginfo", lambda tid: infos.pop(0) + bytes(116))
    stopped = Stopped(Tid(4711))
    stopped.spent = False
    assert stopped.siginfo()[0] == 10
    with pytest.raises(ProcessLookupError):
        stopped.siginfo()


def test_a_call_is_believed_only_at_a_stop_in_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """At an exit stop the kernel says that there is none, and leaves the words of an earlier one where they are."""
    monkeypatch.setattr(requests, "_ptrace", lambda *_: 24)
    stopped = Stopped(Tid(4711))
    stopped.spent = False
    with pytest.raises(ProcessLookupError):
        stopped.syscall_info(SyscallInfoBuffer())
