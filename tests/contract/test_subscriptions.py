"""Subscriptions: a tool is told of what it wants, of all of that, and of nothing else."""

from typing import Any

import pytest

from reverie import Command, ExitStatus, Guest, Instruction, ReverieError, Subscription, Tool
from reverie.process import PIPE
from reverie.syscalls import Getpid, Syscall, Sysno, Unknown
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.support.compile import CompileGuest


class Notes(Tool[Journal, None]):
    """Notes the calls that its config wants."""

    @classmethod
    def subscriptions(cls, config: Subscription) -> Subscription:
        return config

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        await guest.call(Journal.note, call.name)
        await guest.tail_inject(call)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (Subscription.none(), []),
        (Subscription.of(Sysno.getuid), ["getuid"]),
        (Subscription.of("getppid", Sysno.getgid), ["getppid", "getgid"]),
        (Subscription.of("getuid") | Subscription.of("getgid"), ["getuid", "getgid"]),
        (Subscription.of("getuid", "getgid", "getppid") - Subscription.of("getgid"), ["getuid", "getppid"]),
        (Subscription.of("getuid") - Subscription.all_syscalls(), []),
        (Subscription.of("%network"), []),
    ],
    ids=["none", "one", "two", "union", "difference", "nothing left", "family"],
)
def test_only_the_calls_that_are_wanted_are_told_and_all_of_them(
    wanted: Subscription, told: list[str], trace: Trace, guest: CompileGuest
) -> None:
    run = trace(Notes, [guest("some_calls")], config=wanted)
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.events == told


def test_all_but_one_call_tells_all_others(trace: Trace, guest: CompileGuest) -> None:
    wanted = Subscription.all_syscalls() - Subscription.of("getuid")
    events = trace(Notes, [guest("some_calls")], config=wanted).global_state.events
    assert "getuid" not in events
    assert events[0] == "execve"
    told = [event for event in events if event in ("getpid", "getppid", "getgid")]
    assert told[-4:] == ["getppid", "getgid", "getpid", "getpid"]


def test_numbers_that_no_table_has_are_told_when_everything_is_wanted(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Notes, [guest("unknown_number")], config=Subscription.all_syscalls())
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.events[-3:] == ["syscall_0x7cf", "syscall_0x3fff0000", "exit_group"]


def test_numbers_that_no_table_has_are_not_told_when_only_named_ones_are_wanted(
    trace: Trace, guest: CompileGuest
) -> None:
    run = trace(Notes, [guest("unknown_number")], config=Subscription.of("exit_group"))
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.events == ["exit_group"]


class AnswersUnknown(Tool[Journal, None]):
    """Notes each call that is not in the tables, with its words, and makes it a getpid."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        match call:
            case Unknown(number, words):
                await guest.call(Journal.note, "unknown", [number, list(words), call.abi])
                assert await guest.inject(Getpid()) == guest.pid
        return await guest.inject(call)


def test_a_call_that_is_not_in_the_tables_has_its_number_and_words(trace: Trace, guest: CompileGuest) -> None:
    run = trace(AnswersUnknown, [guest("unknown_number")])
    assert run.status == ExitStatus.exited(0)
    first, _ = run.global_state.values("unknown")
    assert first == [1999, [1, 2, 3, 4, 5, 6], "x86_64"]


class Foreign(Tool[Journal, None]):
    """Notes the calls of another architecture; each is let through as its config says."""

    how = ""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if isinstance(call, Unknown) and call.abi != "x86_64":
            await guest.call(Journal.note, call.abi, [call.number, list(call.words)])
            return await self.answer(guest, call)
        await guest.tail_inject(call)

    async def answer(self, guest: Guest[Journal, None], call: Syscall) -> int:
        await guest.tail_inject(call)


class ForeignInjects(Foreign):
    """Injects the call as it is."""

    async def answer(self, guest: Guest[Journal, None], call: Syscall) -> int:
        return await guest.inject(call)


@pytest.mark.parametrize("tool", [Foreign, ForeignInjects])
def test_a_call_of_i386_is_told_as_such_and_works(tool: type[Foreign], trace: Trace, guest: CompileGuest) -> None:
    run = trace(tool, Command([str(guest("int80"))], stdout=PIPE))
    if run.status == ExitStatus.exited(77):
        pytest.skip("this kernel runs no i386 calls: CONFIG_IA32_EMULATION")
    assert run.status == ExitStatus.exited(0)
    assert run.stdout == b"i386\n"
    numbers = [number for number, _ in run.global_state.values("i386")]
    assert numbers == [20, 4, 6]
    assert run.global_state.values("i386")[1][1][0::2][:2] == [1, 5]


class ForeignSuppresses(Foreign):
    """Answers getpid without executing it."""

    async def answer(self, guest: Guest[Journal, None], call: Syscall) -> int:
        return guest.pid if call.number == 20 else await guest.inject(call)


def test_a_call_of_i386_can_be_suppressed(trace: Trace, guest: CompileGuest) -> None:
    run = trace(ForeignSuppresses, Command([str(guest("int80"))], stdout=PIPE))
    if run.status == ExitStatus.exited(77):
        pytest.skip("this kernel runs no i386 calls: CONFIG_IA32_EMULATION")
    assert run.status == ExitStatus.exited(0)


class ForeignChanges(Foreign):
    """Tries to execute another call instead."""

    async def answer(self, guest: Guest[Journal, None], call: Syscall) -> int:
        try:
            await guest.inject(Getpid())
        except ReverieError as error:
            await guest.call(Journal.note, "refused", str(error))
        return await guest.inject(call)


def test_a_call_of_i386_is_replaced_rightly_or_refused_clearly_but_never_garbled(
    trace: Trace, guest: CompileGuest
) -> None:
    run = trace(ForeignChanges, Command([str(guest("int80"))], stdout=PIPE))
    if run.status == ExitStatus.exited(77):
        pytest.skip("this kernel runs no i386 calls: CONFIG_IA32_EMULATION")
    assert run.status == ExitStatus.exited(0)
    assert all("i386" in text or "architecture" in text for text in run.global_state.values("refused"))


class ForeignBesideWritev(Foreign):
    """Wants a call whose number is that of i386's getpid."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.writev)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        await guest.call(Journal.note, call.name)
        return await super().handle_syscall_event(guest, call)


def test_i386_calls_are_told_as_what_they_are_also_when_only_named_calls_are_wanted(
    trace: Trace, guest: CompileGuest
) -> None:
    run = trace(ForeignBesideWritev, Command([str(guest("int80"))], stdout=PIPE))
    if run.status == ExitStatus.exited(77):
        pytest.skip("this kernel runs no i386 calls: CONFIG_IA32_EMULATION")
    assert run.status == ExitStatus.exited(0)
    assert [number for number, _ in run.global_state.values("i386")] == [20, 4, 6]
    assert "writev" not in run.global_state.events


class WantsNoClone(Tool[Journal, None]):
    """Notes the calls that the children make, and nothing of how they were made."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of("access", "faccessat", "getppid")

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        await guest.call(Journal.note, call.name)
        return await guest.inject(call)


def test_children_that_ask_not_to_be_traced_are_also_where_the_tool_does_not_want_the_clone(
    trace: Trace, guest: CompileGuest
) -> None:
    run = trace(WantsNoClone, [guest("clone_untraced")])
    assert run.status == ExitStatus.exited(0)
    assert set(run.global_state.events) == {"getppid", "access"}
    assert len(set(run.global_state.tids("getppid"))) == 2


def test_a_call_by_an_x32_number_does_what_it_does_natively(trace: Trace, guest: CompileGuest) -> None:
    assert trace(ForeignInjects, [guest("x32_call")]).status == ExitStatus.exited(0)
    assert trace(Foreign, [guest("x32_call")]).status == ExitStatus.exited(0)


def test_a_subscription_is_a_value_that_can_be_inspected() -> None:
    wanted = Subscription.of("openat", "%network") | Subscription.cpuid()
    assert Sysno.openat in wanted
    assert Sysno.connect in wanted
    assert Sysno.read not in wanted
    assert Instruction.CPUID in wanted
    assert Instruction.RDTSC not in wanted
    assert not Subscription.none()
    assert Subscription.all() - Subscription.all() == Subscription.none()
    assert Subscription.of("read") == Subscription.of(Sysno.read)
    assert list(Subscription.of("write", "read")) == [Sysno.read, Sysno.write]


@pytest.mark.parametrize(("wrong", "nearest"), [("opennat", "openat"), ("%netwrok", "network")])
def test_a_name_that_does_not_exist_is_refused_with_the_nearest_one(wrong: str, nearest: str) -> None:
    with pytest.raises(ValueError, match=nearest):
        Subscription.of(wrong)
