"""Programs that check their own results do the same under tools that change nothing as natively.

As in `tests.contract.test_transparency`, whose tools these are; here what a program
prints and how it ends are compared as well.
"""

import subprocess
from dataclasses import dataclass
from typing import Any

import pytest

from reverie import Command, ExitStatus, Tool
from reverie.process import PIPE
from tests.contract.conftest import Trace
from tests.contract.test_transparency import FEW_TOOLS
from tests.support.compile import CompileGuest

WITHOUT_LIBC = ("-nostdlib", "-static", "-fno-stack-protector")
"""A stack protector would take its canary from thread-local storage, which only a C library sets up."""


@dataclass(frozen=True, slots=True)
class Program:
    """A guest, how it is made and called, and what it does."""

    name: str
    words: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    status: int = 0
    contains: bytes = b""
    """What its standard output has, and nothing else has to be there when this is empty."""
    letters: bytes = b""
    """What it writes to standard error, sorted."""

    def __str__(self) -> str:
        return "-".join((self.name, *self.words, *(flag.lstrip("-") for flag in self.flags[:1])))

    def check(self, status: ExitStatus, stdout: bytes | None, stderr: bytes | None) -> None:
        """Compare an end and an output with what they have to be."""
        assert status == ExitStatus.exited(self.status), stderr
        assert stdout is not None
        assert self.contains in stdout
        assert bool(stdout) == bool(self.contains)
        assert bytes(sorted(stderr or b"")) == self.letters


PROGRAMS = [
    Program("pipe_from_child"),
    Program("stat_inodes"),
    Program("statx_inode"),
    Program("spinlock"),
    Program("fill_in_parallel"),
    *(Program("vfork_ends", (how,)) for how in ("exit_group", "exit", "execve")),
    Program("signal_pends"),
    Program("sigprof_exits"),
    Program("getpid_both_ways", flags=("-no-pie",)),
    Program("getpid_both_ways", flags=("-pie", "-fPIE")),
    Program("write_many", contains=b"hello world"),
    Program("open_many"),
    Program("open_urandom"),
    Program("nanosleep_many"),
    Program("sleep_through_signals"),
    Program("fork_exec"),
    Program("fork_no_wait", contains=b"child ended\n"),
    Program("fork_counts"),
    Program("fork_counts", ("blocked",)),
    Program("sigaction_restorer"),
    Program("alarm_spins"),
    Program("alarm_unblocked"),
    Program("condition_ring"),
    Program("condition_broadcast"),
    Program("threads_sleep"),
    Program("threads_map_hint"),
    Program("threads_private_map"),
    Program("threads_write", letters=b"a" * 100 + b"b" * 100 + b"c" * 100 + b"d" * 100),
    Program("thread_forks"),
    Program("thread_forks", ("exec",), contains=b" (cat) "),
    Program("both_exit"),
    Program("exit_group_while", ("futex",), contains=b"8\n"),
    Program("exit_group_while", ("mutex",), contains=b"8\n"),
    Program("exit_group_while", ("mixed",), contains=b"8\n"),
    Program("exit_group_storm", ("5", "16")),
    Program("raw_registers", flags=WITHOUT_LIBC),
    Program("raw_openat", flags=WITHOUT_LIBC),
    Program("alarm_and_exit", status=1),
]


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_a_program_does_what_it_should_when_nobody_traces_it(program: Program, guest: CompileGuest) -> None:
    result = subprocess.run([guest(program.name, program.flags), *program.words], capture_output=True)
    program.check(ExitStatus.exited(result.returncode), result.stdout, result.stderr)


@pytest.mark.parametrize("tool", FEW_TOOLS, ids=lambda tool: tool.__name__)
@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_a_program_does_the_same_under_a_tool_that_changes_nothing(
    program: Program, tool: type[Tool[Any, None]], guest: CompileGuest, trace: Trace
) -> None:
    words = [str(guest(program.name, program.flags)), *program.words]
    run = trace(tool, Command(words, stdout=PIPE, stderr=PIPE))
    program.check(run.status, run.stdout, run.stderr)
