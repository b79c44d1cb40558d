"""A guest that looks at itself finds what it would find without us."""

import os
import subprocess

import pytest

from reverie import Command, Guest, ReverieError, SyscallError, Tool, ToolError
from reverie.process import PIPE
from reverie.syscalls import Close, Errno, Getpid, Signal, Syscall
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.contract.test_transparency import InjectsEverywhere
from tests.support.compile import CompileGuest

SECRET = {"PATH": os.environ["PATH"], "ASAN_OPTIONS": "detect_leaks=1", "LSAN_OPTIONS": "verbosity=1", "LC_ALL": "C"}


def natively(*words: str) -> str:
    return subprocess.run(words, env=SECRET, stdout=subprocess.PIPE, text=True, check=True).stdout


def traced(trace: Trace, *words: str) -> str:
    run = trace(InjectsEverywhere, Command(list(words), env=SECRET, stdout=PIPE))
    assert run.status.success
    assert run.stdout is not None
    return str(run.stdout.decode())


def mappings(maps: str) -> list[tuple[str, str, int]]:
    """Return permissions, name and size of each mapping; addresses differ from run to run."""
    found = []
    for line in maps.splitlines():
        span, permissions, _, _, _, *name = line.split()
        low, high = (int(word, 16) for word in span.split("-"))
        found.append((permissions, name[0] if name else "", high - low))
    return found


def without_heap(found: list[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """The stack and the heap grow as they like, and tell nothing."""
    return [mapping for mapping in found if mapping[1] not in ("[stack]", "[heap]")]


def test_no_page_is_added_to_its_memory(trace: Trace) -> None:
    words = ("cat", "/proc/self/maps")
    assert without_heap(mappings(traced(trace, *words))) == without_heap(mappings(natively(*words)))


@pytest.mark.parametrize("words", [("cat", "/proc/self/personality"), ("env",), ("sh", "-c", "umask; ulimit -a")])
def test_its_surroundings_are_those_that_it_was_given(words: tuple[str, ...], trace: Trace) -> None:
    assert traced(trace, *words) == natively(*words)


def test_addresses_are_random_as_they_are_natively(trace: Trace) -> None:
    places = {traced(trace, "grep", "-m1", "libc", "/proc/self/maps").split("-")[0] for _ in range(4)}
    assert len(places) > 1


class Fails(Tool[Journal, None]):
    """Lets an injected call fail where no call waits for a result."""

    where = ""

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        await self._fail_at("start", guest)

    async def handle_post_exec(self, guest: Guest[Journal, None]) -> None:
        await self._fail_at("exec", guest)

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        await self._fail_at("signal", guest)
        return signal

    async def _fail_at(self, where: str, guest: Guest[Journal, None]) -> None:
        if where == self.where:
            await guest.inject(Close(0xFFFF))


@pytest.mark.parametrize(
    ("where", "handler"),
    [("start", "handle_thread_start"), ("exec", "handle_post_exec"), ("signal", "handle_signal_event")],
)
def test_a_call_that_fails_where_nobody_waits_for_a_result_ends_the_run_with_its_reason(
    where: str, handler: str, trace: Trace, guest: CompileGuest
) -> None:
    tool = type("Fails", (Fails,), {"where": where})
    with pytest.raises(ToolError, match=rf"Fails\.{handler} raised SyscallError: EBADF") as caught:
        trace(tool, [guest("signal_raises")])
    assert isinstance(caught.value.__cause__, SyscallError)
    assert caught.value.__cause__.errno is Errno.EBADF


class UsesTheStackTwice(Tool[Journal, None]):
    """Leaves room on the stack by an error, and takes it again."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        if isinstance(call, Getpid):
            try:
                with guest.stack() as stack:
                    stack.push(b"a")
                    stack.push(bytes(1 << 20))
            except ReverieError:
                await guest.call(Journal.note, "too much")
            with guest.stack() as stack:
                assert guest.memory.read(stack.push(b"again"), 5) == b"again"
            await guest.call(Journal.note, "again")
        return await guest.inject(call)


def test_room_on_the_stack_is_free_again_after_an_error(trace: Trace, guest: CompileGuest) -> None:
    run = trace(UsesTheStackTwice, [guest("some_calls")])
    assert run.status.success
    assert run.global_state.events[:2] == ["too much", "again"]
