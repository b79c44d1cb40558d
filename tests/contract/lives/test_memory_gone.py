"""Memory that is not there, or not to be read: what handlers can still do, and what a tool is told of the rest."""

import re
from typing import Any

import pytest

from reverie import ExitStatus, Guest, ReverieError, Subscription, Tool
from reverie.syscalls import Getpid, Gettid, MemoryFault, Open, Signal, Syscall, Sysno
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.support.compile import CompileGuest

PAGE = 4096


class InjectsWhereItCan(Tool[Journal, None]):
    """Injects in every handler, and notes where that was refused."""

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        assert await guest.inject(Gettid()) == guest.tid
        await guest.call(Journal.note, "start")

    async def handle_post_exec(self, guest: Guest[Journal, None]) -> None:
        assert await guest.inject(Getpid()) == guest.pid
        await guest.call(Journal.note, "exec")

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        assert await guest.inject(Gettid()) == guest.tid
        assert await guest.inject(Getpid()) == guest.pid
        return await guest.inject(call)

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        before = guest.regs()
        try:
            assert await guest.inject(Gettid()) == guest.tid
            await guest.call(Journal.note, signal.name, "injected")
        except ReverieError as error:
            await guest.call(Journal.note, signal.name, str(error))
        assert guest.regs() == before
        return signal


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("unmap", "no syscall instruction"),
        ("move", "no syscall instruction"),
        ("protect", r"cannot be executed \(SIGSEGV\)"),
    ],
)
def test_without_a_vdso_calls_can_be_injected_where_the_guest_has_just_called_and_are_refused_elsewhere(
    how: str, reason: str, trace: Trace, guest: CompileGuest
) -> None:
    run = trace(InjectsWhereItCan, [guest("vdso_unmapped"), how])
    assert run.status == ExitStatus.exited(0)  # the refusal did the guest no harm
    journal = run.global_state
    assert (journal.count("start"), journal.count("exec")) == (3, 1)
    assert journal.values("SIGUSR1") == ["injected"]
    [refusal] = journal.values("SIGTRAP")
    assert re.search(reason, refusal)


class UsesStack(Tool[Journal, None]):
    """Puts data on the stack at each getppid, and asks for registers."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.getppid)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        with guest.stack() as stack:
            try:
                stack.push(b"data")
                await guest.call(Journal.note, "pushed")
            except MemoryFault:
                await guest.call(Journal.note, "fault", guest.regs().rsp)
        return await guest.inject(call)


def test_a_stack_pointer_that_points_nowhere_is_a_fault_to_who_pushes_and_nothing_to_the_guest(
    trace: Trace, guest: CompileGuest
) -> None:
    run = trace(UsesStack, [guest("stack_pointer_wild")])
    assert run.status == ExitStatus.exited(0)
    journal = run.global_state
    wild = [0, 8, 0x1000, 0x8000_0000_0000, 1 << 63, (1 << 64) - 8]
    assert [rsp for rsp in journal.values("fault") if rsp != 0x7FFF_FFFF_F000] == wild
    # The end of user space may have the stack below it, which then is as good as any.
    assert journal.count("fault") + journal.count("pushed") == 2 * (len(wild) + 1)


class ReadsPaths(Tool[Journal, None]):
    """Tries what it can to reach the memory that each open names."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.open)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        assert isinstance(call, Open)
        address = call.words[0]
        border = (address + PAGE - 1) // PAGE * PAGE
        memory = guest.memory
        for name, reach in (
            ("read", lambda: memory.read(address, 8)),
            ("path", lambda: call.path.read(memory)),
            ("write", lambda: memory.write(address, b"12345678")),
        ):
            with pytest.raises(MemoryFault) as caught:
                reach()
            assert caught.value.address == border, name
        assert memory.read_some(address, 8) == b"123"[: border - address]  # as far as it could be written
        await guest.call(Journal.note, "forced", forces(guest, border))
        await guest.tail_inject(call)


def forces(guest: Guest[Journal, None], address: int) -> bool:
    """Tell whether a forced write succeeds."""
    try:
        guest.memory.write_forced(address, b"x")
    except MemoryFault:
        return False
    return True


def test_what_the_guest_cannot_read_is_a_fault_at_the_first_byte_that_is_not_there(
    trace: Trace, guest: CompileGuest
) -> None:
    run = trace(ReadsPaths, [guest("memory_unreadable")])
    assert run.status == ExitStatus.exited(0)
    # A forced write goes through protection; where there is no page it cannot: unmapped, and past the end of a file.
    assert run.global_state.values("forced") == [True] * 2 + [False] * 4
