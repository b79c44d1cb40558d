"""Signals and siginfo as strace writes them."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reverie_syscalls import SigInfo, Signal, format_siginfo, signal_name
from reverie_syscalls.signals import members, signal_of


def siginfo(signo: int, code: int, union: bytes = b"", errno: int = 0) -> SigInfo:
    """Build a siginfo_t from its three ints and the bytes of its union."""
    return SigInfo.from_bytes(struct.pack("<iii4x", signo, errno, code) + union.ljust(112, b"\0"))


@pytest.mark.parametrize(
    ("info", "text"),
    [
        (siginfo(10, 0, struct.pack("<iI", 7, 0)), "{si_signo=SIGUSR1, si_code=SI_USER, si_pid=7, si_uid=0}"),
        (siginfo(6, -6, struct.pack("<iI", 7, 5)), "{si_signo=SIGABRT, si_code=SI_TKILL, si_pid=7, si_uid=5}"),
        (
            siginfo(17, 1, struct.pack("<iIi4xqq", 123, 0, 0, 0, 0)),
            "{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=123, si_uid=0, si_status=0, si_utime=0, si_stime=0}",
        ),
        (
            siginfo(17, 2, struct.pack("<iIi4xqq", 123, 0, 9, 3, 4)),
            "{si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=123, si_uid=0, si_status=SIGKILL, si_utime=3, si_stime=4}",
        ),
        (siginfo(11, 1, bytes(8)), "{si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=NULL}"),
        (siginfo(11, 2, struct.pack("<Q", 0x1234)), "{si_signo=SIGSEGV, si_code=SEGV_ACCERR, si_addr=0x1234}"),
        (siginfo(11, 128), "{si_signo=SIGSEGV, si_code=SI_KERNEL, si_addr=NULL}"),
        (siginfo(2, 128), "{si_signo=SIGINT, si_code=SI_KERNEL}"),
        (
            siginfo(34, -1, struct.pack("<iIQ", 7, 0, 5)),
            "{si_signo=SIGRT_2, si_code=SI_QUEUE, si_pid=7, si_uid=0, si_value={sival_int=5, sival_ptr=0x5}}",
        ),
        (
            siginfo(31, 1, struct.pack("<QiI", 0x10, 39, 0xC000003E)),
            "{si_signo=SIGSYS, si_code=SYS_SECCOMP, si_call_addr=0x10, si_syscall=__NR_getpid, "
            "si_arch=AUDIT_ARCH_X86_64}",
        ),
    ],
)
def test_text_of_a_siginfo(info: SigInfo, text: str) -> None:
    assert format_siginfo(info) == text


@given(st.binary(min_size=128, max_size=200))
def test_any_128_bytes_are_a_siginfo(data: bytes) -> None:
    info = SigInfo.from_bytes(data)
    assert info.to_bytes() == data[:128]
    assert format_siginfo(info).startswith("{si_signo=")


def test_fewer_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="128 bytes, not 127"):
        SigInfo.from_bytes(bytes(127))


def test_real_time_signals_are_counted_from_the_kernels_first() -> None:
    assert [signal_name(number) for number in (31, 32, 33, 34, 64, 65, 0, -1)] == [
        "SIGSYS", "SIGRTMIN", "SIGRT_1", "SIGRT_2", "SIGRT_32", "65", "0", "-1",
    ]  # fmt: skip
    assert len(Signal) == 64
    assert signal_of(9) is Signal.SIGKILL
    assert signal_of(99) == 99


def test_members_of_a_set() -> None:
    assert members(0) == []
    assert members(1 << 8 | 1 << 63) == [Signal.SIGKILL, Signal.SIGRT_32]


def test_what_was_sent_reads_as_it_was_made() -> None:
    info = SigInfo.sent(Signal.SIGUSR2, pid=7, uid=8, value=-1)
    assert (info.signo, info.code, info.pid, info.uid, info.value) == (Signal.SIGUSR2, -1, 7, 8, (1 << 64) - 1)
    assert len(info.to_bytes()) == SigInfo.size
    assert SigInfo.sent(10, code=0, pid=3).code == 0
