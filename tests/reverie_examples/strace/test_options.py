"""What -e says becomes a set of calls or of signals."""

import pytest

from reverie import Subscription
from reverie.syscalls import Signal, family
from reverie_examples.strace.options import ALL_SYSCALLS, StraceConfig, parse_signal_set, parse_trace_set


def calls(text: str) -> set[str]:
    """Return the names that a set means."""
    return {sysno.name for sysno in parse_trace_set(text)}


def test_names() -> None:
    assert calls("openat") == {"openat"}
    assert calls("openat,close,openat") == {"openat", "close"}
    assert calls(" openat , close ") == {"openat", "close"}


def test_all_and_none() -> None:
    assert parse_trace_set("all") == ALL_SYSCALLS
    assert parse_trace_set("none") == Subscription.none()
    assert parse_trace_set("!none") == ALL_SYSCALLS
    assert not parse_trace_set("!all")


def test_a_set_of_names_leaves_nameless_calls_out_and_its_negation_keeps_them() -> None:
    assert not parse_trace_set("openat").everything_else
    assert parse_trace_set("!openat").everything_else


def test_a_negation_is_of_the_whole_set() -> None:
    everything = {sysno.name for sysno in ALL_SYSCALLS}
    assert "restart_syscall" in everything
    assert calls("!openat,close") == everything - {"openat", "close"}


@pytest.mark.parametrize("name", ["file", "process", "network", "net", "signal", "ipc", "desc", "memory", "creds"])
def test_families(name: str) -> None:
    assert set(parse_trace_set(f"%{name}")) == set(family(name)) != set()


@pytest.mark.parametrize("name", ["stat", "lstat", "fstat", "statfs", "fstatfs", "clock", "pure", "%stat", "%statfs"])
def test_small_families(name: str) -> None:
    assert set(parse_trace_set(f"%{name}")) == set(family(name)) != set()


def test_families_and_names_mix() -> None:
    assert calls("%creds,read") == {sysno.name for sysno in family("creds")} | {"read"}


def test_network_has_two_names() -> None:
    assert calls("%net") == calls("%network") >= {"socket", "connect", "sendmsg"}


def test_regular_expressions_match_anywhere_unless_anchored() -> None:
    assert calls("/^exit") == {"exit", "exit_group"}
    assert calls("/^(read|write)v$") == {"readv", "writev"}
    assert {"openat", "openat2", "open"} <= calls("/open")


def test_a_tolerated_unknown_is_left_out() -> None:
    assert calls("?nosuchcall") == set()
    assert calls("?nosuchcall,read,?write") == {"read", "write"}
    assert calls("?%nosuchfamily,read") == {"read"}


def test_a_personality_is_accepted() -> None:
    assert calls("openat@64") == {"openat"}


def test_what_was_typed_wrong_is_named_with_its_neighbours() -> None:
    with pytest.raises(ValueError, match=r"opnat.*openat"):
        parse_trace_set("read,opnat")
    with pytest.raises(ValueError, match=r"netwrk.*network"):
        parse_trace_set("%netwrk")
    with pytest.raises(ValueError, match="regular expression"):
        parse_trace_set("/[")


@pytest.mark.parametrize("text", ["OPENAT", "open at", "5", "!!read", "%", "?", "openat@33", "/"])
def test_what_strace_refuses_or_reads_in_its_own_way_does_not_crash(text: str) -> None:
    try:
        parse_trace_set(text)
    except ValueError as error:
        assert str(error)


def test_a_number_is_a_call() -> None:
    """strace(1): a syscall may be given by number."""
    assert calls("0") == {"read"}
    assert calls("257,1") == {"openat", "write"}


def test_signals() -> None:
    assert parse_signal_set("SIGINT") == {Signal.SIGINT}
    assert parse_signal_set("int,Term,sigchld") == {Signal.SIGINT, Signal.SIGTERM, Signal.SIGCHLD}
    assert parse_signal_set("11") == {Signal.SIGSEGV}
    assert parse_signal_set("all") == frozenset(Signal)
    assert parse_signal_set("none") == frozenset()
    assert parse_signal_set("!INT") == frozenset(Signal) - {Signal.SIGINT}


@pytest.mark.parametrize("text", ["SIGFOO", "0", "65", "-1", "SIGSIGINT"])
def test_a_signal_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="signal"):
        parse_signal_set(text)


def test_the_defaults_are_those_of_strace() -> None:
    config = StraceConfig()
    assert config.wanted == ALL_SYSCALLS
    assert config.signals == frozenset(Signal)
    assert config.string_limit == 32
    assert config.output is None
