"""Room on the guest's stack in the handlers of two calls, and the last act of a start handler."""

from typing import Any

import pytest

from reverie import Command, ExitStatus, Guest, ReverieError, Subscription, Tool
from reverie.process import DEVNULL
from reverie.syscalls import ExitGroup, Getpid, Nanosleep, Syscall, Uname
from reverie_syscalls.args import structs
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.support.compile import CompileGuest


class UsesStack(Tool[Journal, None]):
    """Compares the guest's uname with its own, and sleeps before the guest ends; what is wrong ends it with 1."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of("uname", "exit_group")

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if isinstance(call, Uname):
            await self.compare(guest, call)
            return 0
        await self.sleep(guest)
        await guest.tail_inject(call)

    async def compare(self, guest: Guest[Journal, None], call: Uname) -> None:
        with guest.stack() as stack:
            ours = stack.reserve(structs.Utsname.size)
            await guest.inject(Uname(ours))
            await guest.inject(call)
            theirs = guest.memory.read(call.words[0], structs.Utsname.size)
            if not theirs.startswith(b"Linux\0") or guest.memory.read(ours, structs.Utsname.size) != theirs:
                await guest.tail_inject(ExitGroup(1))
        await guest.call(Journal.note, "compared")

    async def sleep(self, guest: Guest[Journal, None]) -> None:
        with guest.stack() as stack:
            time = stack.push(structs.Timespec(0, 2_000_002).to_bytes())
            left = stack.reserve(structs.Timespec.size)
            await guest.inject(Nanosleep(time, left))
            if structs.Timespec.from_bytes(guest.memory.read(left, structs.Timespec.size)) != structs.Timespec(0, 0):
                await guest.tail_inject(ExitGroup(1))
        await guest.call(Journal.note, "slept")


def test_room_on_the_stack_serves_what_injected_calls_read_and_write_in_several_handlers(
    trace: Trace, guest: CompileGuest
) -> None:
    run = trace(UsesStack, Command([str(guest("uname_nodename"))], stdout=DEVNULL))
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.events == ["compared", "slept"]


class AtTheEnd(Tool[Journal, None]):
    """The base of tools that do their part when the guest calls exit_group."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of("exit_group")

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        await self.part(guest)
        await guest.tail_inject(call)

    async def part(self, guest: Guest[Journal, None]) -> None:
        """Do what is tested."""


class TakesTwo(AtTheEnd):
    """Takes more room while it has some."""

    async def part(self, guest: Guest[Journal, None]) -> None:
        with guest.stack() as first:
            first.push(b"1")
            with guest.stack() as second:
                second.push(b"2")


def test_a_second_room_on_the_stack_while_there_is_one_ends_the_run(trace: Trace, guest: CompileGuest) -> None:
    with pytest.raises(ReverieError, match="already"):
        trace(TakesTwo, [guest("exit42")])


class TakesOneAfterTheOther(AtTheEnd):
    """Writes two numbers, each in room of its own, and notes what it reads."""

    async def part(self, guest: Guest[Journal, None]) -> None:
        for number in (3333, 4444):
            with guest.stack() as stack:
                where = stack.push(number.to_bytes(8, "little"))
                found = int.from_bytes(guest.memory.read(where, 8), "little")
                await guest.call(Journal.note, "found", found)


def test_room_on_the_stack_can_be_taken_again_when_it_was_given_back(trace: Trace, guest: CompileGuest) -> None:
    run = trace(TakesOneAfterTheOther, [guest("exit42")])
    assert run.status == ExitStatus.exited(42)
    assert run.global_state.values("found") == [3333, 4444]


class GoesOnAtStart(Tool[Journal, None]):
    """Has code after the tail injection in its start handler."""

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        await guest.call(Journal.note, "before")
        try:
            await guest.tail_inject(Getpid())
        except Exception:
            await guest.call(Journal.note, "caught")
        await guest.call(Journal.note, "after")


def test_no_code_after_a_tail_injection_runs_in_a_start_handler_either(trace: Trace, guest: CompileGuest) -> None:
    run = trace(GoesOnAtStart, [guest("threads_nested")])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.events == ["before"] * 21
