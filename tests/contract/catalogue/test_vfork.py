"""vfork, as it is and as the clone that it stands for: both sides live on, however the child ends."""

from typing import Any

import pytest

from reverie import ExitStatus, Guest, Subscription, Tool
from reverie.syscalls import Clone, Signal, Syscall, Sysno, Vfork
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.support.compile import CompileGuest

CLONE_VM, CLONE_VFORK = 0x100, 0x4000

LIKE_VFORK = Clone(CLONE_VM | CLONE_VFORK | Signal.SIGCHLD, 0, 0, 0, 0)


class Passes(Tool[Journal, None]):
    """Ends with the vfork itself."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.vfork, Sysno.nanosleep, Sysno.execve, Sysno.exit_group, Sysno.wait4)

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        await guest.call(Journal.note, "start", guest.is_main_thread)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if isinstance(call, Vfork):
            await guest.call(Journal.note, "vfork")
            return await self.multiply(guest, call)
        await guest.tail_inject(call)

    async def multiply(self, guest: Guest[Journal, None], call: Vfork) -> int:
        await guest.tail_inject(call)


class Injects(Passes):
    """Injects it."""

    async def multiply(self, guest: Guest[Journal, None], call: Vfork) -> int:
        return await guest.inject(call)


class EndsWithClone(Passes):
    """Ends with a clone that does the same."""

    async def multiply(self, guest: Guest[Journal, None], call: Vfork) -> int:
        await guest.tail_inject(LIKE_VFORK)


class InjectsClone(Passes):
    """Injects the clone."""

    async def multiply(self, guest: Guest[Journal, None], call: Vfork) -> int:
        return await guest.inject(LIKE_VFORK)


@pytest.mark.parametrize("tool", [Passes, Injects, EndsWithClone, InjectsClone])
@pytest.mark.parametrize("how", ["exit_group", "exit", "execve"])
def test_after_a_vfork_both_sides_have_their_registers_and_the_child_may_end_in_any_way(
    how: str, tool: type[Passes], trace: Trace, guest: CompileGuest
) -> None:
    run = trace(tool, [guest("vfork_ends"), how])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.events == ["start", "vfork", "start"]
    assert run.global_state.values("start") == [True, True]  # a process, though it shares the memory
