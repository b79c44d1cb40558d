"""Signals: told with what came with them, delivered, suppressed, replaced; never lost, never told twice."""

from typing import Any

import anyio
import anyio.lowlevel
import pytest

from reverie import Command, ExitStatus, Guest, Pid, ReverieError, Subscription, SyscallError, Tool
from reverie.process import PIPE
from reverie.syscalls import Errno, Getppid, Gettid, SigInfo, Signal, Syscall, Sysno, Tgkill
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.support.compile import CompileGuest


class Told(Tool[Journal, None]):
    """Notes each signal with its siginfo, and delivers it."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.none()

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | SigInfo | None:
        info = guest.siginfo()
        await guest.call(Journal.note, signal.name, [int(info.signo), info.code, info.pid, info.value, info.status])
        return signal


class ToldAfterInjecting(Told):
    """Injects calls before it answers; nothing of that may be seen."""

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | SigInfo | None:
        before = guest.regs()
        assert await guest.inject(Gettid()) == guest.tid
        await anyio.lowlevel.checkpoint()
        assert await guest.inject(Gettid()) == guest.tid
        assert guest.regs() == before
        return await super().handle_signal_event(guest, signal)


BOTH = pytest.mark.parametrize("tool", [Told, ToldAfterInjecting])


@BOTH
def test_a_queued_signal_is_told_with_its_sender_and_value_and_arrives_with_them(
    tool: type[Told], trace: Trace, guest: CompileGuest
) -> None:
    run = trace(tool, [guest("siginfo_queue")])
    assert run.status == ExitStatus.exited(0)
    [(signo, code, _, value, _)] = run.global_state.values("SIGUSR1")
    assert (signo, code, value) == (10, -1, 0x123456789ABC)


@BOTH
def test_a_fault_is_told_and_arrives_with_its_address(tool: type[Told], trace: Trace, guest: CompileGuest) -> None:
    run = trace(tool, [guest("siginfo_segv")])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.count("SIGSEGV") == 3


@BOTH
def test_a_child_s_end_is_told_and_arrives_with_its_status(tool: type[Told], trace: Trace, guest: CompileGuest) -> None:
    run = trace(tool, [guest("siginfo_child")])
    assert run.status == ExitStatus.exited(0)
    # Two of the three were taken by sigwaitinfo, which is no delivery.
    [(_, code, _, _, status)] = run.global_state.values("SIGCHLD")
    assert (code, status) == (1, 8)


@BOTH
def test_real_time_signals_are_told_and_arrive_in_order(tool: type[Told], trace: Trace, guest: CompileGuest) -> None:
    run = trace(tool, [guest("signals_realtime")])
    assert run.status == ExitStatus.exited(0)
    values = [entry.value[3] & 0xFFFF_FFFF for entry in run.global_state.entries]
    assert values == [2, 5, 8, 11, 1, 4, 7, 10, 0, 3, 6, 9]


def test_a_blocked_signal_is_told_when_it_is_unblocked_and_not_when_it_is_waited_for(
    trace: Trace, guest: CompileGuest
) -> None:
    run = trace(Told, [guest("signal_blocked")])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.events == ["SIGUSR1"]


@BOTH
def test_traps_of_the_guest_s_own_are_told_and_reach_it(tool: type[Told], trace: Trace, guest: CompileGuest) -> None:
    run = trace(tool, [guest("signal_traps")])
    assert run.status == ExitStatus.exited(0)
    assert [value[1] for value in run.global_state.values("SIGTRAP")] == [128, -6]


def test_a_signal_that_the_guest_ignores_is_told_all_the_same(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Told, [guest("fork_wait")])
    assert run.global_state.events == ["SIGCHLD"]


def test_a_signal_that_kills_is_told_first(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Told, [guest("die"), "segv"])
    assert run.status.signal == Signal.SIGSEGV
    assert run.global_state.events == ["SIGSEGV"]


def test_sigkill_is_not_told(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Told, [guest("die"), "9"])
    assert run.status == ExitStatus.killed(9)
    assert run.global_state.events == []


@pytest.mark.parametrize(("tool", "count"), [(Told, 1000), (ToldAfterInjecting, 200)])
def test_many_signals_in_a_row_are_each_told_once_and_all_arrive_in_order(
    tool: type[Told], count: int, trace: Trace, guest: CompileGuest
) -> None:
    run = trace(tool, [guest("signal_storm"), str(count)])
    assert run.status == ExitStatus.exited(0)
    values = [value[3] & 0xFFFF_FFFF for value in run.global_state.values("SIGRT_2")]
    assert values == list(range(count))


class InjectsThroughStorm(Told):
    """Injects around each getppid while signals arrive."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.getppid)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        assert await guest.inject(Gettid()) == guest.tid
        result = await guest.inject(call)
        assert await guest.inject(Gettid()) == guest.tid
        return result


def test_signals_that_arrive_during_injected_calls_are_each_told_once_and_all_arrive(
    trace: Trace, guest: CompileGuest
) -> None:
    run = trace(InjectsThroughStorm, [guest("signal_storm"), "300"])
    assert run.status == ExitStatus.exited(0)
    values = [value[3] & 0xFFFF_FFFF for value in run.global_state.values("SIGRT_2")]
    assert sorted(values) == list(range(300))
    assert values == sorted(values)


class Suppresses(Told):
    """Delivers nothing."""

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        await super().handle_signal_event(guest, signal)
        return None


def test_a_suppressed_signal_does_not_arrive(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Suppresses, [guest("signal_raises"), "10", "0"])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.events == ["SIGUSR1"] * 3


class Replaces(Told):
    """Delivers SIGUSR1 in the place of SIGUSR2."""

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        await guest.call(Journal.note, signal.name)
        return Signal.SIGUSR1 if signal is Signal.SIGUSR2 else signal


class ReplacesAfterInjecting(Replaces):
    """Injects a call before."""

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        assert await guest.inject(Gettid()) == guest.tid
        return await super().handle_signal_event(guest, signal)


@pytest.mark.parametrize("tool", [Replaces, ReplacesAfterInjecting])
def test_a_replaced_signal_arrives_as_the_other_and_is_told_once(
    tool: type[Replaces], trace: Trace, guest: CompileGuest
) -> None:
    # The guest sends itself one SIGUSR2, whose default is to kill it, and handles SIGUSR1.
    run = trace(tool, [guest("signal_replaced")])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.events == ["SIGUSR2"]


class Kills(Told):
    """Delivers SIGKILL in the place of SIGUSR1."""

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        return Signal.SIGKILL


def test_a_signal_that_is_replaced_by_sigkill_kills(trace: Trace, guest: CompileGuest) -> None:
    assert trace(Kills, [guest("signal_raises")]).status == ExitStatus.killed(9)


class Delays(Told):
    """Waits before it delivers; the guest must not go on meanwhile."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.getppid)

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        await guest.call(Journal.note, "begin")
        for _ in range(50):
            await anyio.sleep(0)
        await guest.call(Journal.note, "end")
        return signal

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        await guest.call(Journal.note, "call")
        await guest.tail_inject(call)


def test_a_thread_stays_stopped_while_its_signal_handler_waits(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Delays, [guest("signal_raises")])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.events == ["begin", "end", "call", "call"] * 3


class SignalsItself(Told):
    """Injects kills of the guest's own process before and after its first getppid."""

    def __init__(self, pid: Pid, config: Any) -> None:
        self.done = False

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.getppid)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if self.done:
            await guest.tail_inject(call)
        self.done = True
        await guest.inject(Tgkill(guest.pid, guest.tid, Signal.SIGUSR1))
        result = await guest.inject(call)
        await guest.inject(Tgkill(guest.pid, guest.tid, Signal.SIGUSR2))
        await guest.inject(Getppid())
        await guest.call(Journal.note, "answered")
        return result

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        await guest.call(Journal.note, signal.name, guest.siginfo().pid == guest.pid)
        return signal


def test_signals_sent_by_injected_calls_are_told_when_the_handler_has_answered(
    trace: Trace, guest: CompileGuest
) -> None:
    run = trace(SignalsItself, [guest("signal_during_getppid")])
    assert run.status == ExitStatus.exited(2)
    assert run.global_state.events[0] == "answered"
    assert sorted(run.global_state.events[1:]) == ["SIGUSR1", "SIGUSR2"]
    # Though the tracer had to send them again, they have their own sender.
    assert run.global_state.values("SIGUSR1") == run.global_state.values("SIGUSR2") == [True]


class TellsRestarts(Told):
    """Injects each read, and notes the errors that it meets."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.read, Sysno.pause, Sysno.nanosleep, Sysno.poll, Sysno.futex)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        try:
            return await guest.inject(call)
        except SyscallError as error:
            await guest.call(Journal.note, call.name, error.errno.name)
            raise


CODES = {
    "read": "ERESTARTSYS",
    "futex": "ERESTARTSYS",
    "pause": "ERESTARTNOHAND",
    "nanosleep": "ERESTART_RESTARTBLOCK",
    "poll": "ERESTART_RESTARTBLOCK",
}


@pytest.mark.parametrize("how", ["handler", "restart", "ignored"])
@pytest.mark.parametrize("call", list(CODES))
def test_an_interrupted_call_raises_the_kernel_s_restart_code_and_ends_as_it_would_natively(
    call: str, how: str, trace: Trace, guest: CompileGuest
) -> None:
    run = trace(TellsRestarts, [guest("interrupted"), call, how])
    assert run.status == ExitStatus.exited(0)
    codes = run.global_state.values(call)
    assert CODES[call] in codes


class PlainEintr(TellsRestarts):
    """Makes EINTR of each restart code, so that no call is restarted."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        try:
            return await guest.inject(call)
        except SyscallError as error:
            if error.errno >= 512:
                await guest.call(Journal.note, "interrupted")
                return -Errno.EINTR
            raise


@pytest.mark.parametrize("call", list(CODES))
def test_a_restart_code_answered_with_eintr_is_not_restarted(call: str, trace: Trace, guest: CompileGuest) -> None:
    run = trace(PlainEintr, [guest("interrupted"), call, "handler"])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.count("interrupted") >= 1


class SuppressesInterruption(TellsRestarts):
    """Suppresses the signal that interrupted."""

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        await guest.call(Journal.note, "signal", signal.name)
        return None if signal is Signal.SIGWINCH else signal


class SuppressesAfterInjecting(SuppressesInterruption):
    """Injects a call before."""

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        assert await guest.inject(Gettid()) == guest.tid
        return await super().handle_signal_event(guest, signal)


@pytest.mark.parametrize("tool", [SuppressesInterruption, SuppressesAfterInjecting])
@pytest.mark.parametrize("call", list(CODES))
def test_a_call_goes_on_when_the_signal_that_interrupted_it_is_suppressed(
    call: str, tool: type[SuppressesInterruption], trace: Trace, guest: CompileGuest
) -> None:
    run = trace(tool, [guest("interrupted"), call, "ignored"])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.values("signal").count("SIGWINCH") >= 1


class AsksForSiginfo(Tool[Journal, None]):
    """Asks for siginfo, and for a tail injection, where they mean nothing."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        try:
            guest.siginfo()
        except ReverieError:
            await guest.call(Journal.note, "refused siginfo")
        await guest.tail_inject(call)

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        try:
            await guest.tail_inject(Getppid())
        except ReverieError:
            await guest.call(Journal.note, "refused tail_inject")
        return signal

    async def handle_post_exec(self, guest: Guest[Journal, None]) -> None:
        try:
            await guest.tail_inject(Getppid())
        except ReverieError:
            await guest.call(Journal.note, "refused tail_inject after exec")


def test_what_means_nothing_in_a_handler_is_refused(trace: Trace, guest: CompileGuest) -> None:
    run = trace(AsksForSiginfo, [guest("signal_raises")])
    assert run.status == ExitStatus.exited(0)
    assert "refused siginfo" in run.global_state.events
    assert run.global_state.count("refused tail_inject") == 3
    assert run.global_state.count("refused tail_inject after exec") == 1


def test_stopping_and_continuing_is_told(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Told, [guest("group_stop_holds")])
    assert run.status == ExitStatus.exited(0)
    events = [event for event in run.global_state.events if event != "SIGCHLD"]
    assert events == ["SIGTSTP", "SIGCONT"]


class NeverStops(Told):
    """Suppresses SIGTSTP."""

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        return None if signal is Signal.SIGTSTP else signal


def test_a_suppressed_stop_signal_does_not_stop(trace: Trace, guest: CompileGuest) -> None:
    # The guest's parent process waits for a stop, and sees an end instead.
    run = trace(NeverStops, [guest("group_stop_holds")])
    assert run.status == ExitStatus.exited(99)


class Pretends(Told):
    """Lets the queued signal come from somebody else, with another value."""

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | SigInfo | None:
        if signal is not Signal.SIGUSR1:
            return signal
        info = guest.siginfo()
        await guest.call(Journal.note, signal.name)
        return SigInfo.sent(Signal.SIGUSR1, pid=info.pid, uid=info.uid, value=0x1234_5678_9ABC)


class PretendsAfterInjecting(Pretends):
    """Does so when the thread stands elsewhere already."""

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | SigInfo | None:
        assert await guest.inject(Gettid()) == guest.tid
        return await super().handle_signal_event(guest, signal)


@pytest.mark.parametrize("tool", [Pretends, PretendsAfterInjecting])
def test_a_signal_is_delivered_with_the_siginfo_that_a_tool_chooses(
    tool: type[Told], trace: Trace, guest: CompileGuest
) -> None:
    run = trace(tool, [guest("siginfo_queue"), "another value"])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.count("SIGUSR1") == 1


class ReplacesWithInfo(Told):
    """Makes SIGUSR1 a SIGUSR2 that is said to have come from process 77."""

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | SigInfo | None:
        await guest.call(Journal.note, signal.name)
        if signal is Signal.SIGUSR1:
            return SigInfo.sent(Signal.SIGUSR2, pid=77, value=5)
        return signal


class ReplacesWithInfoLate(ReplacesWithInfo):
    """The same, after an injection."""

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | SigInfo | None:
        await guest.inject(Gettid())
        return await super().handle_signal_event(guest, signal)


@pytest.mark.parametrize("tool", [ReplacesWithInfo, ReplacesWithInfoLate])
def test_a_signal_is_replaced_by_another_with_a_siginfo_that_a_tool_chooses(
    tool: type[Told], trace: Trace, guest: CompileGuest
) -> None:
    run = trace(tool, Command([str(guest("siginfo_print"))], stdout=PIPE))
    assert run.stdout == b"signal 12 code -1 pid 77 value 5\n"
    assert run.global_state.events == ["SIGUSR1"]


class SeesRestarts(Tool[Journal, None]):
    """Wants every call, also those with which the kernel goes on after a signal."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.all_syscalls() | Subscription.of(Sysno.restart_syscall)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        try:
            result = await guest.inject(call)
        except SyscallError as error:
            result = -error.errno
        await guest.call(Journal.note, call.name, result)
        return result


class SeesRestartsAndInjects(SeesRestarts):
    """Injects other calls around each."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        await guest.inject(Getppid())
        result = await super().handle_syscall_event(guest, call)
        await guest.inject(Getppid())
        return result


@pytest.mark.parametrize("tool", [SeesRestarts, SeesRestartsAndInjects])
def test_the_rest_of_an_interrupted_call_is_told_to_a_tool_that_asks_for_it(
    tool: type[SeesRestarts], trace: Trace, guest: CompileGuest
) -> None:
    run = trace(tool, [guest("interrupted"), "nanosleep", "ignored"])
    assert run.status == ExitStatus.exited(0)
    [tid] = set(run.global_state.tids("restart_syscall"))
    sleeps = ("nanosleep", "restart_syscall")
    told = [entry for entry in run.global_state.entries if entry.tid == tid and entry.event in sleeps]
    assert [entry.event for entry in told] == [sleeps[0]] + [sleeps[1]] * (len(told) - 1)
    assert [entry.value for entry in told] == [-Errno.ERESTART_RESTARTBLOCK] * (len(told) - 1) + [0]


class InjectsNowAndThen(Told):
    """Injects at every third signal only, which displaces that one."""

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | SigInfo | None:
        if guest.siginfo().value % 3 == 0:
            await guest.inject(Gettid())
        return await super().handle_signal_event(guest, signal)


def test_real_time_signals_keep_their_order_when_some_of_them_were_displaced(trace: Trace, guest: CompileGuest) -> None:
    run = trace(InjectsNowAndThen, [guest("signals_in_order")])
    assert run.status == ExitStatus.exited(0)
    assert [entry.value[3] & 0xFFFF for entry in run.global_state.entries] == list(range(40))
