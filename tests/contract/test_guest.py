"""What a handler can ask of its guest besides calls: stack room, the auxiliary vector, forced writes."""

import os
import signal
from typing import Any

import pytest

from reverie import Command, ExitStatus, Guest, Pid, ReverieError, Rpc, Subscription, Tool
from reverie.process import PIPE
from reverie.syscalls import MemoryFault, Nanosleep, Syscall, Sysno, Uname
from reverie_syscalls.args import structs
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.support.compile import CompileGuest

SEED = bytes(range(16))


class SeedsRandom(Tool[Journal, None]):
    """Overwrites the random bytes of every program before it runs."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.none()

    async def handle_post_exec(self, guest: Guest[Journal, None]) -> None:
        where = guest.auxv().random
        assert where is not None
        guest.memory.write(where, SEED)


def test_what_the_auxiliary_vector_points_to_can_be_changed_after_an_exec(trace: Trace, guest: CompileGuest) -> None:
    run = trace(SeedsRandom, Command([str(guest("at_random"))], stdout=PIPE))
    assert run.status == ExitStatus.exited(0)
    assert run.stdout == SEED.hex().encode() + b"\n"


class UsesStack(Tool[Journal, None]):
    """Asks uname for another copy on the stack, and sleeps by a time that lies there."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of("uname")

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        assert isinstance(call, Uname)
        before = guest.regs()
        with guest.stack() as stack:
            names = stack.reserve(structs.Utsname.size)
            time = stack.push(structs.Timespec(0, 1000).to_bytes())
            left = stack.reserve(structs.Timespec.size)
            assert await guest.inject(Uname(names)) == 0
            assert await guest.inject(Nanosleep(time, left)) == 0
            with pytest.raises(ReverieError, match="already"):
                guest.stack()
            result = await guest.inject(call)
            theirs = guest.memory.read(call.words[0], structs.Utsname.size)
            assert guest.memory.read(names, structs.Utsname.size) == theirs
        guest.stack()
        assert guest.regs()["rsp"] == before["rsp"]
        await guest.call(Journal.note, "compared")
        return result


def test_injected_calls_can_use_room_on_the_stack(trace: Trace, guest: CompileGuest) -> None:
    run = trace(UsesStack, Command([str(guest("uname_nodename"))], stdout=PIPE))
    assert run.status == ExitStatus.exited(0)
    assert run.stdout == os.uname().nodename.encode()
    assert run.global_state.count("compared") == 1


class PatchesCode(Tool[Journal, None]):
    """Writes over the program's first instruction, which the guest itself may not, and puts it back."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.exit_group)

    async def handle_post_exec(self, guest: Guest[Journal, None]) -> None:
        entry = guest.auxv().entry
        assert entry is not None
        code = guest.memory.read(entry, 4)
        with pytest.raises(MemoryFault):
            guest.memory.write(entry, b"\xcc")
        guest.memory.write_forced(entry, b"\xcc\xcc\xcc\xcc")
        assert guest.memory.read(entry, 4) == b"\xcc" * 4
        guest.memory.write_forced(entry, code)
        with pytest.raises(MemoryFault):
            guest.memory.write_forced(8, b"x")
        await guest.call(Journal.note, "patched")


def test_a_forced_write_reaches_code_and_changes_no_file(trace: Trace, guest: CompileGuest) -> None:
    program = guest("exit42")
    before = program.read_bytes()
    run = trace(PatchesCode, [program])
    assert run.status == ExitStatus.exited(42)
    assert run.global_state.count("patched") == 1
    assert program.read_bytes() == before


class LetsGo(Tool[Journal, None]):
    """Does not wait for a process that calls getppid."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of("getppid")

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        guest.daemonize()
        return await guest.inject(call)

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Journal], status: ExitStatus) -> None:
        await rpc.call(Journal.note, "end", [status.code, status.signal])


def test_a_run_ends_without_a_process_that_was_daemonized(trace: Trace, guest: CompileGuest) -> None:
    run = trace(LetsGo, [guest("daemon_stays")])
    assert run.status == ExitStatus.exited(3)
    assert run.global_state.values("end") == [[3, None], [None, signal.SIGKILL]]
