"""System calls: suppressed, answered, changed, replaced, and others injected, from every handler that may."""

import contextlib
import os
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from reverie import Command, ExitStatus, Guest, Pid, ReverieError, Rpc, Subscription, SyscallError, Tid, Tool
from reverie.process import PIPE
from reverie.syscalls import (
    Clone,
    Errno,
    Execve,
    ExitGroup,
    Fork,
    Geteuid,
    Getpid,
    Gettid,
    Getuid,
    Nanosleep,
    Open,
    Openat,
    Read,
    Signal,
    Syscall,
    Sysno,
    Tgkill,
    Uname,
    Vfork,
    Write,
)
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.contract.tools import Only
from tests.support.compile import CompileGuest

AT_FDCWD = -100
CLONE_VM, CLONE_VFORK, SIGCHLD = 0x100, 0x4000, 17


class Answers(Only):
    """Answers getppid with the number that it is given, without executing it."""

    def __init__(self, pid: Pid, config: int) -> None:
        self.answer = config

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        return self.answer


@pytest.mark.parametrize("answer", [0, 1, 4711, 0x7FFF_FFFF_FFFF_FFFF, -4096, -1, -2, -4095, -(1 << 63)])
def test_a_handler_that_injects_nothing_gives_the_result(answer: int, trace: Trace, guest: CompileGuest) -> None:
    run = trace(Answers, [guest("getppid_is"), str(answer)], config=answer)
    assert run.status == ExitStatus.exited(0)


class AnswersErrno(Answers):
    """Raises the errno that it is given."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        raise SyscallError(Errno(self.answer))


@pytest.mark.parametrize("errno", [Errno.EPERM, Errno.ENOSYS, Errno.EHWPOISON])
def test_a_syscall_error_that_leaves_the_handler_is_the_guest_s_errno(
    errno: Errno, trace: Trace, guest: CompileGuest
) -> None:
    run = trace(AnswersErrno, [guest("getppid_is"), str(-errno)], config=int(errno))
    assert run.status == ExitStatus.exited(0)


class SwallowsTgkill(Only):
    """Answers tgkill with 0."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        match call:
            case Tgkill(sig=Signal.SIGTERM):
                return 0
        await guest.tail_inject(call)


def test_a_suppressed_call_has_no_effect(trace: Trace, guest: CompileGuest) -> None:
    assert trace(SwallowsTgkill, [guest("tgkill_self")]).status == ExitStatus.exited(0)


class OpensAt(Only):
    """Makes an openat of each open, and injects it."""

    def changed(self, call: Open) -> Openat:
        return Openat(AT_FDCWD, *call.words[:3])

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        match call:
            case Open():
                return await guest.inject(self.changed(call))
        await guest.tail_inject(call)


class EndsWithOpenat(OpensAt):
    """Makes an openat of each open, and ends with it."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        match call:
            case Open():
                await guest.tail_inject(self.changed(call))
        await guest.tail_inject(call)


class OpensAtLate(OpensAt):
    """Injects something else first, so that the openat is not made in the place of the open."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        assert await guest.inject(Getpid()) == guest.pid
        return await super().handle_syscall_event(guest, call)


class EndsWithOpenatLate(EndsWithOpenat):
    """The same, at the end."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        assert await guest.inject(Getpid()) == guest.pid
        return await super().handle_syscall_event(guest, call)


@pytest.mark.parametrize("tool", [OpensAt, EndsWithOpenat, OpensAtLate, EndsWithOpenatLate])
def test_a_call_made_in_place_of_another_leaves_every_register_as_the_other_would(
    tool: type[Only], trace: Trace, guest: CompileGuest
) -> None:
    assert trace(tool, [guest("open_registers")]).status == ExitStatus.exited(0)


class WritesLess(Only):
    """Cuts each write to three bytes."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        match call:
            case Write(fd=1, len=length) if length > 3:
                await guest.call(Journal.note, "short")
                return await guest.inject(call.replace(len=3))
        await guest.tail_inject(call)


def test_a_write_that_is_made_shorter_is_a_short_write_to_the_guest(trace: Trace, guest: CompileGuest) -> None:
    run = trace(WritesLess, Command([str(guest("write_in_pieces"))], stdout=PIPE))
    assert run.status == ExitStatus.exited(0)
    assert run.stdout == b"abcdefgh"
    assert run.global_state.count("short") == 2


class AsksTwice(Only):
    """Injects the same call twice, others between, and gives the last result back."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        results = [
            await guest.inject(call),
            await guest.inject(Getpid()),
            await guest.inject(Gettid()),
            await guest.inject(call),
            await guest.inject(Getuid()),
        ]
        await guest.call(Journal.note, call.name, results)
        return 99


def test_each_injection_of_several_has_its_own_result(trace: Trace, guest: CompileGuest) -> None:
    run = trace(AsksTwice, [guest("getppid_is"), "99"])
    assert run.status == ExitStatus.exited(0)
    [[first, pid, tid, second, uid]] = run.global_state.values("getppid")
    assert (first, second, uid) == (os.getpid(), os.getpid(), os.getuid())
    assert [pid] == [tid] == run.global_state.tids("getppid")


class FailsOnTheWay(Only):
    """An injected call fails; the handler notes it and goes on."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        for _ in range(2):
            try:
                await guest.inject(Read(-1, 0, 0))
            except SyscallError as error:
                await guest.call(Journal.note, "failed", error.errno.name)
        assert await guest.inject(Getpid()) == guest.pid
        return 5


def test_an_injected_call_that_fails_raises_its_errno_and_the_next_works(trace: Trace, guest: CompileGuest) -> None:
    run = trace(FailsOnTheWay, [guest("getppid_is"), "5"])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.values("failed") == ["EBADF", "EBADF"]


class RenamesNode(Only):
    """Lets uname fill the guest's buffer, and changes what is in it."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        match call:
            case Uname(buf=buffer):
                await guest.inject(call)
                before = guest.memory.read(buffer.address + 65, 65)
                await guest.call(Journal.note, "node", before.rstrip(b"\0"))
                guest.memory.write(buffer.address + 65, b"elsewhere\0")
                return 0
        await guest.tail_inject(call)


def test_what_an_injected_call_writes_to_memory_can_be_read_and_changed(trace: Trace, guest: CompileGuest) -> None:
    run = trace(RenamesNode, Command([str(guest("uname_nodename"))], stdout=PIPE))
    assert run.stdout == b"elsewhere"
    assert run.global_state.values("node") == [os.uname().nodename.encode()]


class GivesMemory(Only):
    """Injects a write of bytes that it put below the guest's stack, and then the call itself."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        match call:
            case Write(fd=1):
                below = guest.regs().rsp - 4096
                guest.memory.write(below, b"before ")
                assert await guest.inject(Write(1, below, 7)) == 7
        await guest.tail_inject(call)


def test_an_injected_call_can_use_memory_that_the_tool_wrote(trace: Trace, guest: CompileGuest) -> None:
    run = trace(GivesMemory, Command([str(guest("write_in_pieces"))], stdout=PIPE))
    assert run.status == ExitStatus.exited(0)
    assert run.stdout == b"before abcdefgh"


class GoesOnAfterTail(Only):
    """Has code after its tail injection."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        try:
            await guest.tail_inject(call)
        except Exception:
            await guest.call(Journal.note, "caught")
        await guest.call(Journal.note, "after")
        return 1


def test_no_code_after_a_tail_injection_runs(trace: Trace, guest: CompileGuest) -> None:
    run = trace(GoesOnAfterTail, [guest("getppid_is"), str(os.getpid())])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.events == []


class TailsAnother(Only):
    """Ends with another call than the guest's."""

    def __init__(self, pid: Pid, config: str) -> None:
        self.first = config

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if self.first == "after the call":
            await guest.inject(call)
        if self.first == "after another":
            await guest.inject(Geteuid())
        if self.first == "after waiting":
            await anyio.lowlevel.checkpoint()
        await guest.tail_inject(Read(-1, 0, 0))


@pytest.mark.parametrize("first", ["at once", "after the call", "after another", "after waiting"])
def test_the_result_of_a_tail_injected_call_is_the_guest_s(first: str, trace: Trace, guest: CompileGuest) -> None:
    run = trace(TailsAnother, [guest("getppid_is"), str(-Errno.EBADF)], config=first)
    assert run.status == ExitStatus.exited(0)


class EndsProcess(Only):
    """Injects an exit_group with 42 in place of getppid."""

    def __init__(self, pid: Pid, config: str) -> None:
        self.how = config

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if self.how == "late":
            await guest.inject(Getpid())
        if self.how == "tail":
            await guest.tail_inject(ExitGroup(42))
        try:
            await guest.inject(ExitGroup(42))
        except Exception:
            await guest.call(Journal.note, "caught")
        await guest.call(Journal.note, "after")
        return 0

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Journal], status: ExitStatus) -> None:
        await rpc.call(Journal.note, "process", str(status))


@pytest.mark.parametrize("how", ["inject", "tail", "late"])
def test_an_injected_exit_ends_the_guest_and_its_handler(how: str, trace: Trace, guest: CompileGuest) -> None:
    run = trace(EndsProcess, [guest("getppid_is"), "0"], config=how)
    assert run.status == ExitStatus.exited(42)
    assert run.global_state.events == ["process"]
    assert run.global_state.values("process") == ["exited with 42"]


class Multiplies(Tool[Journal, None]):
    """Makes a new process out of the root's first getppid."""

    def __init__(self, pid: Pid, config: tuple[str, str]) -> None:
        self.how, kind = config
        self.call: Syscall = {
            "fork": Fork(),
            "vfork": Vfork(),
            "clone": Clone(SIGCHLD, 0, 0, 0, 0),
            "clone without exit signal": Clone(0, 0, 0, 0, 0),
            "clone like vfork": Clone(CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0),
        }[kind]

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.getppid)

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        await guest.call(Journal.note, "start", guest.tid)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if not guest.is_root_process:
            await guest.tail_inject(call)
        if self.how == "late":
            await guest.inject(Getpid())
        if self.how == "tail":
            await guest.tail_inject(self.call)
        child = await guest.inject(self.call)
        await guest.call(Journal.note, "child", child)
        return child


KINDS = ["fork", "vfork", "clone", "clone without exit signal", "clone like vfork"]


@pytest.mark.parametrize("how", ["inject", "tail", "late"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_process_made_by_an_injected_call_sees_what_one_of_its_own_call_would(
    kind: str, how: str, trace: Trace, guest: CompileGuest
) -> None:
    run = trace(Multiplies, [guest("getppid_forks")], config=(how, kind))
    assert run.status == ExitStatus.exited(0)
    _, child = run.global_state.values("start")
    assert run.global_state.values("child") == ([] if how == "tail" else [child])


class BecomesAnother(Only):
    """Injects an execve, whose arguments the guest has in its memory, in place of getppid."""

    def __init__(self, pid: Pid, config: str) -> None:
        self.how = config

    async def handle_post_exec(self, guest: Guest[Journal, None]) -> None:
        await guest.call(Journal.note, "exec")

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if call.sysno is not Sysno.getppid:
            await guest.tail_inject(call)
        execve = Execve.from_words(call.words)
        if self.how == "late":
            await guest.inject(Getpid())
        if self.how == "tail":
            await guest.tail_inject(execve)
        try:
            await guest.inject(execve)
        except Exception:
            await guest.call(Journal.note, "caught")
        await guest.call(Journal.note, "after")
        return 0


@pytest.mark.parametrize("how", ["inject", "tail", "late"])
def test_an_injected_exec_starts_the_new_program_and_ends_the_handler(
    how: str, trace: Trace, guest: CompileGuest
) -> None:
    run = trace(BecomesAnother, [guest("getppid_execs")], config=how)
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.events == ["exec", "exec"]


class LingersAfterExec(Tool[Journal, None]):
    """Asks the guest for more in a `finally` around an exec."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.execve)

    async def handle_post_exec(self, guest: Guest[Journal, None]) -> None:
        await guest.call(Journal.note, "exec")

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        try:
            return await guest.inject(call)
        finally:
            try:
                await guest.inject(Getpid())
            except ReverieError as error:
                await guest.call(Journal.note, type(error).__name__)


def test_after_an_exec_the_handler_of_the_old_program_can_ask_for_nothing(trace: Trace, guest: CompileGuest) -> None:
    run = trace(LingersAfterExec, [guest("exit42")])
    assert run.status == ExitStatus.exited(42)
    assert run.global_state.events == ["GuestGone", "exec"]


class Repeats(Tool[Journal, int]):
    """Answers each read of one byte with ERESTARTSYS, twice, as the chaos tool does, and then lets it be."""

    def __init__(self, pid: Pid, config: str) -> None:
        self.how = config

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.read)

    def init_thread_state(self, tid: Tid, parent: Any) -> int:
        return 0

    async def handle_syscall_event(self, guest: Guest[Journal, int], call: Syscall) -> int:
        match call:
            case Read(len=1):
                await guest.call(Journal.note, "read", list(call.words[:3]))
                guest.thread_state += 1
                if guest.thread_state % 3:
                    if self.how == "after another call":
                        await guest.inject(Getpid())
                    if self.how == "returned":
                        return -Errno.ERESTARTSYS
                    raise SyscallError(Errno.ERESTARTSYS)
        return await guest.inject(call)


@pytest.mark.parametrize("how", ["raised", "returned", "after another call"])
def test_a_call_answered_with_erestartsys_is_issued_again(how: str, trace: Trace, guest: CompileGuest) -> None:
    run = trace(Repeats, [guest("read_pipe")], config=how)
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.count("read") == 9
    assert len({tuple(words) for words in run.global_state.values("read")}) == 1


class SetsRegisters(Only):
    """Changes a register that the call does not touch, and one that it does."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if call.sysno is not Sysno.open:
            await guest.tail_inject(call)
        registers = guest.regs()
        kept = registers["r12"]
        registers["r12"] = 5
        guest.set_regs(registers)
        assert guest.regs()["r12"] == 5
        result = await guest.inject(call)
        again = guest.regs()
        assert again["r12"] == 5
        again["r12"] = kept
        guest.set_regs(again)
        return result


def test_registers_that_a_handler_sets_are_the_guest_s(trace: Trace, guest: CompileGuest) -> None:
    assert trace(SetsRegisters, [guest("open_registers")]).status == ExitStatus.exited(0)


class SleepsBefore(Tool[Journal, None]):
    """Injects a sleep before each sigsuspend, which a time limit of its own ends at once."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.rt_sigsuspend)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        with guest.stack() as stack, anyio.move_on_after(0.001), contextlib.suppress(SyscallError):
            await guest.inject(Nanosleep(stack.push((100).to_bytes(8, "little") + bytes(8)), 0))
        await guest.call(Journal.note, "slept")
        await guest.tail_inject(call)


def test_a_call_with_a_mask_of_its_own_is_made_after_an_injection_that_was_given_up(
    trace: Trace, guest: CompileGuest
) -> None:
    run = trace(SleepsBefore, [guest("siginfo_queue")])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.count("slept") >= 1
