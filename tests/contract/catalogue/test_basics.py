"""Whole programs and Python functions under tools that only count: what they print and how they end stays theirs."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import reverie
from reverie import Command, ExitStatus, GlobalTool, Guest, RunResult, Tid, Tool
from reverie.process import PIPE
from reverie.syscalls import Signal, Syscall
from tests.contract.catalogue.native import ends_natively
from tests.contract.conftest import Trace
from tests.support.backends import BackendUnderTest
from tests.support.compile import CompileGuest


class Defaults(Tool[Any, None]):
    """Overrides nothing: wants every call, and lets each pass."""


class Total(GlobalTool[None]):
    """How many calls there were."""

    calls = 0

    @reverie.rpc
    async def count(self, sender: Tid) -> None:
        """Count one."""
        self.calls += 1


class Counts(Tool[Total, None]):
    """Tells the global state of each call, and lets it pass."""

    async def handle_syscall_event(self, guest: Guest[Total, None], call: Syscall) -> int:
        await guest.call(Total.count)
        await guest.tail_inject(call)


def captured(*words: str) -> Command:
    return Command(words, stdout=PIPE, stderr=PIPE)


def test_a_tool_that_overrides_nothing_changes_nothing_of_a_program(trace: Trace) -> None:
    run = trace(Defaults, captured("pwd"))
    assert run.status == ExitStatus.exited(0)
    assert run.stdout == os.fsencode(os.getcwd()) + b"\n"
    assert run.stderr == b""


def test_the_calls_of_a_program_are_counted_by_the_global_state(trace: Trace) -> None:
    run = trace(Counts, captured("ls", "/"))
    assert run.status == ExitStatus.exited(0)
    assert run.stdout
    assert run.global_state.calls > 30


def test_a_program_s_exit_code_and_the_global_state_both_come_back(trace: Trace) -> None:
    run = trace(Counts, captured("bash", "-c", "exit 42"))
    assert run.status == ExitStatus.exited(42)
    assert run.stdout == b""
    assert run.global_state.calls > 0


def test_what_a_program_prints_is_captured_to_the_byte(trace: Trace) -> None:
    run = trace(Counts, captured("echo", "-n", "abcd"))
    assert run.status == ExitStatus.exited(0)
    assert run.stdout == b"abcd"
    assert run.global_state.calls > 0


def count_calls_of(function: Callable[[], object], backend: BackendUnderTest) -> RunResult[Total]:
    return reverie.run_function(Counts, function, backend=backend.name, event_loop=backend.event_loop, timeout=20)


def prints_and_calls() -> None:
    print("printed", flush=True)
    os.write(sys.stdout.fileno(), b"written\n")
    os.getgid()


def writes() -> None:
    sys.stdout.write("abcd")
    sys.stdout.flush()


def prints() -> None:
    print("abcd")


@pytest.mark.parametrize(
    ("function", "output"), [(prints_and_calls, b"printed\nwritten\n"), (writes, b"abcd"), (prints, b"abcd\n")]
)
def test_the_calls_of_a_function_are_counted_and_what_it_prints_is_captured(
    function: Callable[[], object], output: bytes, backend: BackendUnderTest
) -> None:
    run = count_calls_of(function, backend)
    assert run.status == ExitStatus.exited(0)
    assert (run.stdout, run.stderr) == (output, b"")
    assert run.global_state.calls > 1


def test_a_function_may_exec_a_command_with_a_word_that_is_around_it(backend: BackendUnderTest) -> None:
    word = "abcd"
    run = count_calls_of(lambda: os.execvp("echo", ["echo", "-n", word]), backend)
    assert run.status == ExitStatus.exited(0)
    assert run.stdout == b"abcd"


@pytest.mark.parametrize("how", ["write", "read"])
def test_a_program_that_touches_what_is_not_there_dies_of_sigsegv_and_leaves_the_core_that_it_would(
    how: str, trace: Trace, guest: CompileGuest, tmp_path: Path
) -> None:
    words = [str(guest("segfault_dumps")), how]
    run = trace(Defaults, Command(words, cwd=tmp_path))
    assert run.status.signal == Signal.SIGSEGV
    assert run.status == ends_natively(words, tmp_path)
