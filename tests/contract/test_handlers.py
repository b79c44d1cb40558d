"""Handlers: those of starts and execs, those that wait, and those that outstay their time."""

from typing import Any

import anyio
import anyio.lowlevel
import pytest

from reverie import ExitStatus, Guest, Pid, ReverieError, Rpc, Subscription, SyscallError, Tid, Tool
from reverie.syscalls import (
    Errno,
    Getegid,
    Geteuid,
    Getpid,
    Getppid,
    Gettid,
    Getuid,
    Read,
    Syscall,
    Sysno,
)
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.contract.tools import Only
from tests.support.compile import CompileGuest

AT_FDCWD = -100
CLONE_VM, CLONE_VFORK, SIGCHLD = 0x100, 0x4000, 17


class StartsSlowly(Tool[Journal, None]):
    """Injects calls when a thread starts."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.none()

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        before = guest.regs()
        assert await guest.inject(Gettid()) == guest.tid
        assert await guest.inject(Getpid()) == guest.pid
        assert guest.regs() == before
        await guest.call(Journal.note, "start", [guest.pid, guest.tid])


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        ("fork_wait", 2),
        ("vfork_exit", 2),
        ("vfork_exec", 2),
        ("clone_process", 5),
        ("clone_thread", 2),
        ("threads_nested", 21),
    ],
)
def test_a_call_injected_at_a_thread_s_start_leaves_its_registers_alone(
    name: str, starts: int, trace: Trace, guest: CompileGuest
) -> None:
    run = trace(StartsSlowly, [guest(name)])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.count("start") == starts


class TailsAtStart(Tool[Journal, None]):
    """Ends the start handler with a call."""

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        await guest.call(Journal.note, "start")
        await guest.tail_inject(Getppid())


def test_a_tail_injection_ends_the_start_handler(trace: Trace, guest: CompileGuest) -> None:
    run = trace(TailsAtStart, [guest("fork_wait")])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.count("start") == 2


class InjectsAfterExec(Tool[Journal, None]):
    """Injects calls when a program starts, one that fails among them."""

    async def handle_post_exec(self, guest: Guest[Journal, None]) -> None:
        before = guest.regs()
        assert await guest.inject(Getpid()) == guest.pid
        try:
            await guest.inject(Read(-1, 0, 0))
        except SyscallError as error:
            assert error.errno is Errno.EBADF
        assert await guest.inject(Gettid()) == guest.tid
        assert guest.regs() == before
        await guest.call(Journal.note, "exec")


@pytest.mark.parametrize("name", ["exec_self", "exec_by_leader", "exec_by_thread", "vfork_exec"])
def test_a_call_injected_after_an_exec_leaves_the_program_alone(name: str, trace: Trace, guest: CompileGuest) -> None:
    run = trace(InjectsAfterExec, [guest(name)])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.count("exec") == (4 if name == "exec_self" else 2)


class UsesAnyio(Only):
    """Uses the event loop's ways to wait around injections."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        results = []

        async def ask() -> None:
            await anyio.sleep(0)
            results.append(7)

        await anyio.sleep(0)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            tasks.start_soon(ask)
        pid = await guest.inject(Getpid())
        with anyio.move_on_after(0.001) as scope:
            await anyio.sleep_forever()
        assert scope.cancelled_caught
        with anyio.fail_after(30):
            assert await guest.inject(Getpid()) == pid
        await anyio.to_thread.run_sync(int)
        return sum(results)


def test_a_handler_may_wait_in_all_the_ways_of_its_loop(trace: Trace, guest: CompileGuest) -> None:
    assert trace(UsesAnyio, [guest("getppid_is"), "14"]).status == ExitStatus.exited(0)


class LosesPatience(Tool[Journal, None]):
    """Puts a time limit, which is too short, around an injection; does the call again if it was cut off."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.nanosleep)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        with anyio.move_on_after(0.005):
            return await guest.inject(call)
        return await guest.inject(call)


def test_a_time_limit_around_an_injection_does_no_harm(trace: Trace, guest: CompileGuest) -> None:
    # The guest is in the kernel meanwhile: an engine may let the call finish or interrupt it, but not lose it.
    assert trace(LosesPatience, [guest("sleep_whole")]).status == ExitStatus.exited(0)


class WaitsForOther(Tool[Journal, None]):
    """The handler of one thread's getuid waits until the other thread has made both of its calls."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.getuid, Sysno.getgid, Sysno.geteuid, Sysno.getegid)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        match call:
            case Getuid():
                await guest.call(Journal.note, "waits")
                await guest.call(Journal.until, "getegid")
            case Geteuid() | Getegid():
                await guest.call(Journal.until, "waits")
        result = await guest.inject(call)
        await guest.call(Journal.note, call.name)
        return result


def test_while_one_handler_waits_other_threads_go_on(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(WaitsForOther, [guest("two_threads")]).global_state
    assert journal.events == ["waits", "geteuid", "getegid", "getuid", "getgid"]


class UsesHandleLate(Tool[Journal, None]):
    """Keeps the guest of one event and uses it in the next."""

    def __init__(self, pid: Pid, config: Any) -> None:
        self.kept: Guest[Journal, None] | None = None

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.getuid)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        self.kept = guest
        await guest.tail_inject(call)

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: None, status: ExitStatus) -> None:
        assert self.kept is not None
        for ask in (self.kept.regs, self.kept.siginfo):
            try:
                ask()
            except ReverieError as error:
                await rpc.call(Journal.note, "refused", str(error))


def test_a_guest_that_is_used_after_its_handler_is_refused(trace: Trace, guest: CompileGuest) -> None:
    journal = trace(UsesHandleLate, [guest("some_calls")]).global_state
    assert journal.count("refused") == 2
