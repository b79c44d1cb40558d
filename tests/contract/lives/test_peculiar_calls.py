"""Calls made in peculiar ways: on a tiny stack, by the vsyscall page, from memory that may not be read."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from reverie import ExitStatus, Guest, ReverieError, Subscription, Tool
from reverie.syscalls import RtSigreturn, Syscall, Sysno
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.contract.lives.ability import skip_unless_able
from tests.contract.lives.ordinary_user import InjectsBefore, run_as_user
from tests.contract.lives.test_introspection import programs
from tests.contract.test_transparency import EndsLate, InjectsLate, Passes
from tests.support.backends import BackendUnderTest
from tests.support.compile import CompileGuest

__all__ = ["programs"]  # a fixture


def test_an_untraced_child_costs_its_parent_no_memory_below_a_small_stack(trace: Trace, guest: CompileGuest) -> None:
    assert trace(Passes, [guest("clone_untraced_small_stack")]).status == ExitStatus.exited(0)


@pytest.mark.parametrize("tool", [InjectsLate, EndsLate], ids=lambda tool: tool.__name__)
def test_a_guest_survives_that_another_call_is_injected_before_one_by_the_vsyscall_page(
    tool: type[Tool[Any, None]], trace: Trace, guest: CompileGuest
) -> None:
    skip_unless_able(["vsyscall_time"], guest)
    assert trace(tool, [guest("vsyscall_time")]).status == ExitStatus.exited(0)


@pytest.mark.parametrize(("name", "mode"), [("prctl_self", 0o755), ("exec_fails", 0o711)], ids=["prctl", "unreadable"])
def test_a_call_can_be_injected_after_another_in_a_process_that_the_user_may_not_read(
    name: str, mode: int, backend: BackendUnderTest, programs: Path, guest: CompileGuest
) -> None:
    program = programs / name
    shutil.copy(guest(name), program)
    program.chmod(mode)
    status, _ = run_as_user(InjectsBefore, program, backend.name, backend.event_loop)
    assert status == "exited with 0"


class Returns(Tool[Journal, None]):
    """Injects a return from a signal handler where there is none."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.getppid)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        try:
            await guest.inject(RtSigreturn())
        except ReverieError as error:
            await guest.call(Journal.note, "refused", str(error))
        return 7


def test_an_injected_return_from_a_signal_handler_is_refused(trace: Trace, guest: CompileGuest) -> None:
    run = trace(Returns, [guest("getppid_is"), "7"])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.count("refused") == 1
