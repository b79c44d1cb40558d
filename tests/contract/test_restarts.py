"""A call that was interrupted for a signal which another thread then took: nothing is delivered, and it goes on."""

from typing import Any

import pytest

from reverie import ExitStatus, Guest, Subscription, SyscallError, Tool
from reverie.syscalls import Getppid, RtSigtimedwait, Syscall
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
