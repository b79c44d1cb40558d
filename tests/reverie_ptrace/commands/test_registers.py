"""What a command does to the registers, without a process."""

from collections.abc import Generator
from typing import Any

import pytest

from reverie.arch.x86_64 import NO_SYSCALL, ORIG_RAX, RAX, RIP
from reverie_process import Tid
from reverie_ptrace.commands.registers import is_restart_code, restart_by_hand
from reverie_ptrace.commands.skip import give_result
from reverie_ptrace.stopped import Stopped
from reverie_ptrace.stops.status import Stop
from reverie_ptrace.tracee import Tracee
from reverie_syscalls import Getppid, Sysno


class NoMailbox:
    """A tracee needs one; nothing here uses it."""

    pending: Stop | None = None
    awaited = False

    def put(self, stop: Stop) -> None:
        raise NotImplementedError

    def __await__(self) -> Generator[Any, None, Stop]:
        raise NotImplementedError


def at_syscall(*, pending: bool = True, result: int = -38, interrupted: bool = False) -> Tracee:
    """Return a tracee at getppid: before it, or after it with a result."""
    tracee = Tracee(Tid(1), NoMailbox(), Stopped(Tid(1)), None)
    words = tracee.registers.words
    for index in range(27):
        words[index] = 0x1000 + index
    words[ORIG_RAX], words[RAX], words[RIP] = Sysno.getppid, result & NO_SYSCALL, 0x400002
    tracee.registers_known = True
    tracee.call, tracee.pending, tracee.interrupted = Getppid(), pending, interrupted
    return tracee


@pytest.mark.parametrize(("raw", "expected"), [(-512, True), (-513, True), (-514, True), (-516, True), (-515, False)])
def test_the_restart_codes_are_known(raw: int, expected: bool) -> None:
    assert is_restart_code(raw & NO_SYSCALL) is expected
    assert is_restart_code(-raw) is False


def test_a_result_for_a_pending_call_skips_it() -> None:
    tracee = at_syscall()
    give_result(tracee, -1)
    assert (tracee.registers.words[ORIG_RAX], tracee.registers.words[RAX]) == (NO_SYSCALL, NO_SYSCALL)
    assert tracee.registers_changed
    assert not tracee.pending


def test_a_result_for_an_executed_call_leaves_its_number_alone() -> None:
    tracee = at_syscall(pending=False, result=7)
    give_result(tracee, 8)
    assert (tracee.registers.words[ORIG_RAX], tracee.registers.words[RAX]) == (Sysno.getppid, 8)
    assert tracee.registers_changed


def test_a_result_that_is_there_already_costs_no_write() -> None:
    tracee = at_syscall(pending=False, result=7)
    give_result(tracee, 7)
    assert not tracee.registers_changed


@pytest.mark.parametrize("pending", [True, False])
def test_a_restart_code_from_the_tool_makes_the_guest_call_again(pending: bool) -> None:
    tracee = at_syscall(pending=pending, result=7)
    give_result(tracee, -512)
    words = tracee.registers.words
    assert (words[RIP], words[RAX], words[ORIG_RAX]) == (0x400000, Sysno.getppid, NO_SYSCALL)
    assert not tracee.pending


def test_a_restart_code_of_the_kernel_s_own_is_left_to_it() -> None:
    tracee = at_syscall(pending=False, result=-512, interrupted=True)
    give_result(tracee, -512)
    assert not tracee.registers_changed


def test_a_restart_block_is_continued_by_restart_syscall() -> None:
    tracee = at_syscall(pending=False)
    restart_by_hand(tracee, 516)
    words = tracee.registers.words
    assert (words[RIP], words[RAX]) == (0x400000, Sysno.restart_syscall)
