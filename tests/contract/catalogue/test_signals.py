"""Signals that a tool asks about, delays, suppresses, or holds until the thread's next call."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest

from reverie import Command, ExitStatus, Guest, Subscription, SyscallError, Tool
from reverie.syscalls import (
    Execve,
    Execveat,
    Exit,
    ExitGroup,
    RtSigpending,
    Signal,
    Signalfd,
    Signalfd4,
    Syscall,
    Tgkill,
)
from reverie_syscalls.args import structs
from tests.contract.catalogue.native import ends_natively
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.support.compile import CompileGuest

FIRST_RESTART_CODE = 512
"""ERESTARTSYS and what follows it never reach a program; linux/errno.h."""
SFD_CLOEXEC = 0o2000000


class AsksWhatPends(Tool[Journal, None]):
    """Asks the kernel, when the guest ends, which signals are pending; any but SIGVTALRM alone ends it with 1."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of("exit_group")

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        with guest.stack() as stack:
            where = stack.reserve(structs.SigSet.size)
            assert await guest.inject(RtSigpending(where, structs.SigSet.size)) == 0
            pending = structs.SigSet.from_bytes(guest.memory.read(where, structs.SigSet.size))
        await guest.call(Journal.note, "pending", pending.mask)
        if pending.mask != 1 << (Signal.SIGVTALRM - 1):
            await guest.tail_inject(ExitGroup(1))
        await guest.tail_inject(call)


def test_a_tool_can_ask_the_kernel_which_signals_are_pending(trace: Trace, guest: CompileGuest) -> None:
    run = trace(AsksWhatPends, [guest("signal_pends")])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.values("pending") == [1 << (Signal.SIGVTALRM - 1)]


class SeesSignalfd(Tool[Journal, None]):
    """Ends a guest that makes the old call with 1, and notes the arguments of the new one."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        match call:
            case Signalfd():
                await guest.tail_inject(ExitGroup(1))
            case Signalfd4(fd=fd, sizemask=size, flags=flags):
                await guest.call(Journal.note, "signalfd4", [int(fd), int(size), int(flags)])
        await guest.tail_inject(call)


def test_a_signalfd_is_made_by_the_call_that_has_flags_and_gives_the_signal(trace: Trace, guest: CompileGuest) -> None:
    run = trace(SeesSignalfd, [guest("signalfd_reads")])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.values("signalfd4") == [[-1, 8, SFD_CLOEXEC]]


class Delays(Tool[Journal, None]):
    """Keeps SIGVTALRM for 50 ms before it delivers it."""

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        await guest.call(Journal.note, signal.name)
        await anyio.sleep(0.05)
        return signal


def test_a_signal_that_the_guest_raises_takes_as_long_as_the_tool_keeps_it(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Delays, [guest("signal_takes_time"), str(int(Signal.SIGVTALRM)), "ignored", "60", "5000"])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.events == ["SIGVTALRM"]


class Suppresses(Tool[Journal, None]):
    """Delivers no SIGALRM."""

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        await guest.call(Journal.note, signal.name)
        return None if signal is Signal.SIGALRM else signal


def test_a_guest_survives_a_suppressed_signal_that_would_have_killed_it(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Suppresses, [guest("signal_takes_time"), str(int(Signal.SIGALRM)), "default", "10", "5000"])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.events == ["SIGALRM"]


@dataclass
class Held:
    """A thread's signal that waits for the thread's next call."""

    signal: Signal | None = None
    sent_by_us: bool = False


class HoldsSigsys(Tool[Journal, Held]):
    """Injects every call but exits and execs; keeps each SIGSYS until its thread has made another call."""

    async def handle_syscall_event(self, guest: Guest[Journal, Held], call: Syscall) -> int:
        if isinstance(call, Exit | ExitGroup | Execve | Execveat):
            await guest.tail_inject(call)
        try:
            result = await guest.inject(call)
        except SyscallError as error:
            if error.errno < FIRST_RESTART_CODE:
                raise
            result = -error.errno
        held = guest.thread_state
        if held.signal is not None:
            held.sent_by_us = True
            await guest.inject(Tgkill(guest.pid, guest.tid, held.signal))
        return result

    async def handle_signal_event(self, guest: Guest[Journal, Held], signal: Signal) -> Signal | None:
        if signal is not Signal.SIGSYS:
            return signal
        held = guest.thread_state
        if held.sent_by_us:
            await guest.call(Journal.note, "delivered")
            guest.thread_state = Held()
            return signal
        await guest.call(Journal.note, "held")
        held.signal = signal
        return None


def test_a_thread_in_sigtimedwait_takes_the_signal_that_another_sends(trace: Trace, guest: CompileGuest) -> None:
    assert trace(HoldsSigsys, [guest("signal_in_thread")]).status == ExitStatus.exited(0)


def test_a_signal_that_a_thread_in_sigsuspend_does_not_handle_kills_all_and_leaves_a_core(
    trace: Trace, guest: CompileGuest, tmp_path: Path
) -> None:
    words = [str(guest("sigsuspend_dies"))]
    run = trace(HoldsSigsys, Command(words, cwd=tmp_path))
    assert run.status.signal == Signal.SIGBUS
    assert run.status == ends_natively(words, tmp_path)


def test_a_handler_that_a_timer_interrupts_a_loop_for_may_end_the_process(trace: Trace, guest: CompileGuest) -> None:
    assert trace(HoldsSigsys, [guest("sigprof_exits")]).status == ExitStatus.exited(0)


@pytest.mark.parametrize("how", ["suspended", "spinning"])
def test_a_signal_that_is_held_until_the_next_call_never_comes_where_there_is_none(
    how: str, trace: Trace, guest: CompileGuest, tmp_path: Path
) -> None:
    # In sigsuspend the thread goes on waiting: the signal was suppressed, so the call is made again.
    run = trace(HoldsSigsys, Command([str(guest("sigsys_held")), how, "50"], cwd=tmp_path))
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.events == ["held"]


def test_a_signal_that_is_held_until_the_next_call_comes_after_it(
    trace: Trace, guest: CompileGuest, tmp_path: Path
) -> None:
    words = [str(guest("sigsys_held")), "calling", "10000"]  # ends long before the time is up
    run = trace(HoldsSigsys, Command(words, cwd=tmp_path))
    assert run.global_state.events == ["held", "delivered"]
    assert run.status.signal == Signal.SIGSYS
    assert run.status == ends_natively(words, tmp_path)
