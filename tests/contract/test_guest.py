"""What a handler can ask of its guest besides calls: its memory and stack, its ids, all its registers."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from reverie import Command, ExitStatus, Guest, Pid, ReverieError, Rpc, Subscription, Tool
from reverie.process import PIPE
from reverie.syscalls import Getpid, Gettid, MemoryFault, Nanosleep, Syscall, Sysno, Uname
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


class LooksAtFloats(Tool[Journal, None]):
    """Notes the floating-point registers at getppid, before and after injections."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of("getppid")

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        before = guest.fp_regs()
        result = await guest.inject(call)
        await guest.inject(Getpid())
        after = guest.fp_regs()
        assert (before.st, before.ymm) == (after.st, after.ymm)
        await guest.call(Journal.note, "floats", [list(before.st[:2]), hex(before.xmm[7]), hex(before.ymm[7])])
        return result


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the guest sets registers of x86-64")
def test_floating_point_and_vector_registers_can_be_read(trace: Trace, guest: CompileGuest) -> None:
    run = trace(LooksAtFloats, [guest("fp_registers")])
    assert run.status == ExitStatus.exited(0)
    [(stack, xmm, ymm)] = run.global_state.values("floats")
    assert stack == [-1.25, 0.5]
    assert int(xmm, 16) == 1 | 2 << 64
    avx = "avx" in Path("/proc/cpuinfo").read_text().split("flags", 1)[1].split("\n", 1)[0].split()
    assert int(ymm, 16) == (1 | 2 << 64 | 3 << 128 | 4 << 192 if avx else 1 | 2 << 64)


class NotesIds(Tool[Journal, None]):
    """Notes who calls getppid: as we know it, and as it knows itself."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of("getppid")

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        own = guest.own_ids()
        assert own.pid == await guest.inject(Getpid())
        assert own.tid == await guest.inject(Gettid())
        await guest.call(Journal.note, "own", [own.pid, own.tid])
        await guest.call(Journal.note, "ours", [guest.pid, guest.tid])
        return await guest.inject(call)


def test_a_guest_in_a_pid_namespace_of_its_own_has_two_kinds_of_ids(trace: Trace, guest: CompileGuest) -> None:
    run = trace(NotesIds, [guest("own_pid_namespace")])
    if run.status == ExitStatus.exited(77):
        pytest.skip("this user may make no pid namespace here: kernel.unprivileged_userns_clone or a security module")
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.values("own") == [[1, 1], [1, 2]]
    [(pid, tid), (same, thread)] = run.global_state.values("ours")
    assert pid == tid == same != thread
    assert pid > 2


def test_outside_of_one_both_are_the_same(trace: Trace, guest: CompileGuest) -> None:
    run = trace(NotesIds, [guest("some_calls")])
    assert run.global_state.values("own") == run.global_state.values("ours")


class ReadsInBulk(Tool[Journal, None]):
    """Reads the words of an execve in all the ways that there are."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of("execve")

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        memory, (path, argv, *_) = guest.memory, call.words
        pointers = [int.from_bytes(memory.read(argv + 8 * index, 8), "little") for index in range(3)]
        await guest.call(Journal.note, "words", [memory.read_cstring(pointer) for pointer in pointers])
        await guest.call(Journal.note, "start", memory.read_cstring(path, 3))
        await guest.call(Journal.note, "many", memory.read_many([(pointer, 2) for pointer in pointers * 600]))
        with pytest.raises(MemoryFault) as fault:
            memory.read_many([(path, 1), (16, 4)])
        assert fault.value.address == 16
        await guest.tail_inject(call)


def test_strings_and_many_ranges_are_read_at_once(trace: Trace) -> None:
    run = trace(ReadsInBulk, ["/bin/true", "one", "two"])
    assert run.global_state.values("words") == [[b"/bin/true", b"one", b"two"]]
    assert run.global_state.values("start") == [b"/bi"]
    assert run.global_state.values("many") == [[b"/b", b"on", b"tw"] * 600]


class WritesInBulk(Tool[Journal, None]):
    """Gives uname a host's name in pieces."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of("uname")

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        result = await guest.inject(call)
        node = call.words[0] + 65
        guest.memory.write_many([(node, b"trac"), (node + 4, b"ed\0")])
        return result


def test_several_pieces_are_written_in_their_order(trace: Trace, guest: CompileGuest) -> None:
    run = trace(WritesInBulk, Command([str(guest("uname_nodename"))], stdout=PIPE))
    assert run.stdout == b"traced"
