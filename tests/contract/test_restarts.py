"""Calls that were interrupted: by a signal that another thread then took, or while the tool had another made first."""

from typing import Any

import pytest

from reverie import ExitStatus, Guest, Subscription, SyscallError, Tool
from reverie.syscalls import Getppid, Nanosleep, Read, RtSigtimedwait, Syscall
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.support.compile import CompileGuest


class HoldsInterrupted(Tool[Journal, None]):
    """Lets the signal be taken once it interrupted the poll; holds that until then, and hands on its restart code."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of("poll", "rt_sigtimedwait")

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if isinstance(call, RtSigtimedwait):
            await guest.call(Journal.until, "interrupted")
        try:
            result = await guest.inject(call)
        except SyscallError as error:
            await guest.call(Journal.note, "interrupted", error.errno.name)
            await guest.call(Journal.until, "rt_sigtimedwait")
            await self.before_end(guest)
            return -error.errno
        await guest.call(Journal.note, call.name)
        return result

    async def before_end(self, guest: Guest[Journal, None]) -> None:
        """Do more in the handler that was interrupted."""

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Any) -> Any:
        await guest.call(Journal.note, "signal")
        return signal


class InjectsMore(HoldsInterrupted):
    """Injects another call before it does."""

    async def before_end(self, guest: Guest[Journal, None]) -> None:
        await guest.inject(Getppid())


@pytest.mark.parametrize("tool", [HoldsInterrupted, InjectsMore])
def test_a_call_goes_on_when_another_thread_took_the_signal_that_interrupted_it(
    tool: type[HoldsInterrupted], trace: Trace, guest: CompileGuest
) -> None:
    run = trace(tool, [guest("signal_taken")])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.events == ["interrupted", "rt_sigtimedwait"]  # and no signal
    assert run.global_state.values("interrupted") == ["ERESTART_RESTARTBLOCK"]


class SleepsFirst(Tool[Any, None]):
    """Injects a sleep before each read that waits, and lets its interruption be the guest's."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of("read")

    async def handle_syscall_event(self, guest: Guest[Any, None], call: Syscall) -> int:
        assert isinstance(call, Read)
        if call.len == 1 and guest.is_root_process and not getattr(self, "slept", False):
            self.slept = True
            with guest.stack() as stack:
                request = stack.push((1000).to_bytes(8, "little") + bytes(8))
                await guest.inject(Nanosleep(request, 0))
        return await guest.inject(call)


@pytest.mark.parametrize("how", ["handler", "restart", "ignored"])
def test_a_call_of_the_tool_s_that_was_interrupted_is_not_gone_on_with_in_place_of_the_guest_s(
    how: str, trace: Trace, guest: CompileGuest
) -> None:
    assert trace(SleepsFirst, [guest("sleep_instead"), how]).status == ExitStatus.exited(0)
