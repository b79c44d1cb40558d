"""What goes on at once: a thread's start is held while others work, and a guest that computes disturbs nobody."""

import time
from typing import Any

from reverie import Command, ExitStatus, Guest, Pid, Rpc, Subscription, Tid, Tool
from reverie.process import PIPE
from reverie.syscalls import Signal, Syscall
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.support.compile import CompileGuest


class HoldsThreads(Tool[Journal, None]):
    """Lets a thread start when its leader has written a hundred times; until then a message waits for its answer."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of("write")

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        if not guest.is_main_thread:
            await guest.call(Journal.until, "written", 100)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        result = await guest.inject(call)
        if guest.is_main_thread:
            await guest.call(Journal.note, "written")
        return result


def test_a_thread_whose_start_waits_for_a_message_begins_late_and_holds_nobody_else(
    trace: Trace, guest: CompileGuest
) -> None:
    run = trace(HoldsThreads, Command([str(guest("threads_print"))], stdout=PIPE, stderr=PIPE))
    assert run.status == ExitStatus.exited(0)
    assert run.stdout == b"b" * 100 + b"aa" + b"\n"
    assert run.stderr == b""


class TellsEverything(Tool[Journal, None]):
    """Notes each event of every kind with its time."""

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        await guest.call(Journal.note, "start", time.monotonic())

    async def handle_post_exec(self, guest: Guest[Journal, None]) -> None:
        await guest.call(Journal.note, "exec", time.monotonic())

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        await guest.call(Journal.note, call.name, time.monotonic())
        await guest.tail_inject(call)

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        await guest.call(Journal.note, signal.name, time.monotonic())
        return signal

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: None, status: ExitStatus) -> None:
        await rpc.call(Journal.note, "thread exit", time.monotonic())

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Journal], status: ExitStatus) -> None:
        await rpc.call(Journal.note, "process exit", time.monotonic())


def test_nothing_is_told_of_a_guest_that_only_computes(trace: Trace, guest: CompileGuest) -> None:
    run = trace(TellsEverything, [guest("busywait")])
    assert run.status == ExitStatus.exited(0)
    begin, end = run.global_state.values("clock_getres")
    assert end - begin > 0.05  # so there was time for something to be told
    first = run.global_state.index("clock_getres")
    assert run.global_state.events[first : first + 2] == ["clock_getres"] * 2
