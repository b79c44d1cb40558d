"""Signals to a process of several threads: none is lost, whichever of them it came to."""

from typing import Any

from reverie import ExitStatus, Guest, Pid, Rpc, Subscription, SyscallError, Tid, Tool
from reverie.syscalls import Errno, Getpid, Gettid, Signal, Syscall, Sysno
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.support.compile import CompileGuest


class InjectsWhenAnotherHasTheSignal(Tool[Journal, None]):
    """After the leader's read was interrupted it waits until the signal is another thread's, and injects."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.read, Sysno.getppid)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if call.sysno is not Sysno.read or not guest.is_main_thread:
            await guest.tail_inject(call)
        try:
            return await guest.inject(call)
        except SyscallError as error:
            if error.errno != Errno.ERESTARTSYS:
                raise
            await guest.call(Journal.until, "signal")
            assert await guest.inject(Getpid()) == guest.pid
            raise

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        await guest.call(Journal.note, "signal", guest.is_main_thread)
        return signal


def test_a_call_goes_on_when_another_thread_takes_the_signal_that_interrupted_it(
    trace: Trace, guest: CompileGuest
) -> None:
    run = trace(InjectsWhenAnotherHasTheSignal, [guest("signal_for_any")])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.values("signal") == [False]


class LeavesDuringStop(Tool[Journal, None]):
    """Holds a thread's exit until the process was sent a stop, and another thread until the exit is over."""

    def __init__(self, pid: Pid, config: Any) -> None:
        self.pid = pid

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.kill, Sysno.exit, Sysno.getgid)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if call.sysno is Sysno.kill:
            await guest.call(Journal.until, "leaving")
            result = await guest.inject(call)
            await guest.call(Journal.note, "sent")
            return result
        if call.sysno is Sysno.getgid:
            await guest.call(Journal.until, "left")
        elif guest.is_main_thread:
            await guest.call(Journal.note, "leader leaving")  # else it would be the one to take the stop
        else:
            await guest.call(Journal.until, "leader leaving")
            await guest.call(Journal.note, "leaving")
            await guest.call(Journal.until, "sent")
            assert await guest.inject(Gettid()) == guest.tid
        await guest.tail_inject(call)

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: None, status: ExitStatus) -> None:
        if tid != self.pid:
            await rpc.call(Journal.note, "left")


def test_a_stop_that_comes_while_a_thread_is_leaving_stops_the_others(trace: Trace, guest: CompileGuest) -> None:
    run = trace(LeavesDuringStop, [guest("stop_during_exit")])
    assert run.status == ExitStatus.exited(0)
