"""A run is a guest in somebody's program: other runs, other children and the caller's event loop are left alone."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import anyio.to_thread
import pytest

import reverie
from reverie import Command, ExitStatus, Guest, Pid, Rpc, RunTimeout, Subscription, Tool, ToolError
from reverie.process import DEVNULL
from reverie.syscalls import Syscall, Sysno
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.support.backends import BackendUnderTest
from tests.support.compile import CompileGuest


class Counts(Tool[Journal, None]):
    """Notes each getpid."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.getpid)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        await guest.call(Journal.note, "getpid")
        return await guest.inject(call)


class Blocks(Tool[Any, None]):
    """No handler ever ends."""

    async def handle_syscall_event(self, guest: Guest[Any, None], call: Syscall) -> int:
        await anyio.sleep_forever()


def test_two_runs_at_once_know_nothing_of_each_other(trace: Trace, guest: CompileGuest) -> None:
    results: list[Any] = [None] * 4

    def run(index: int) -> None:
        results[index] = trace(Counts, [guest("threads_nested")])

    threads = [threading.Thread(target=run, args=[index]) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        assert result.status == ExitStatus.exited(0)
        assert result.global_state.count("getpid") >= 1600
        assert len(set(result.global_state.tids("getpid"))) >= 16
    tids = [set(result.global_state.tids("getpid")) for result in results]
    assert len(set.union(*tids)) == sum(map(len, tids))


def test_a_run_inside_a_run_s_handler_thread_is_possible_from_a_worker_thread(
    trace: Trace, guest: CompileGuest
) -> None:
    found: list[Any] = []
    outer = threading.Thread(target=lambda: found.append(trace(Counts, [guest("fork_wait")])))
    outer.start()
    found.append(trace(Counts, [guest("exit42")]))
    outer.join()
    assert sorted(result.status.code for result in found) == [0, 42]


def test_the_program_s_own_children_lose_no_status_and_neither_does_the_guest(
    trace: Trace, guest: CompileGuest
) -> None:
    stop = threading.Event()
    codes: list[int] = []

    def start_children() -> None:
        while not stop.is_set():
            codes.append(subprocess.run([guest("exit42")]).returncode)

    thread = threading.Thread(target=start_children)
    thread.start()
    try:
        for _ in range(3):
            run = trace(Counts, [guest("fork_many"), "50"])
            assert run.status == ExitStatus.exited(0)
        code = subprocess.run([guest("exit42")]).returncode
    finally:
        stop.set()
        thread.join()
    assert code == 42
    assert set(codes) <= {42}


def test_a_child_that_ends_during_a_run_is_there_to_be_waited_for_after_it(trace: Trace, guest: CompileGuest) -> None:
    children = [subprocess.Popen([guest("exit42")]) for _ in range(5)]
    assert trace(Counts, [guest("fork_wait")]).status == ExitStatus.exited(0)
    assert [child.wait() for child in children] == [42] * 5


def _arun(tool: type[Tool[Any, Any]], backend: BackendUnderTest, command: Any, **options: Any) -> Awaitable[Any]:
    return reverie.arun(tool, command, backend=backend.name, **options)


def _inside(backend: BackendUnderTest, main: Callable[[], Awaitable[Any]]) -> Any:
    return anyio.run(main, backend=backend.event_loop)


def test_a_run_can_be_awaited_while_the_loop_goes_on(backend: BackendUnderTest, guest: CompileGuest) -> None:
    async def main() -> tuple[Any, int]:
        turns = 0

        async def turn() -> None:
            nonlocal turns
            while True:
                await anyio.sleep(0)
                turns += 1

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(turn)
            result = await _arun(Counts, backend, [str(guest("fork_many"))], timeout=30)
            tasks.cancel_scope.cancel()
        return result, turns

    result, turns = _inside(backend, main)
    assert result.status == ExitStatus.exited(0)
    assert turns > 10


def test_several_runs_can_be_awaited_at_once_beside_other_children(
    backend: BackendUnderTest, guest: CompileGuest
) -> None:
    async def main() -> list[Any]:
        found: list[Any] = []

        async def one() -> None:
            found.append((await _arun(Counts, backend, [str(guest("fork_wait"))], timeout=30)).status.code)

        async def child() -> None:
            process = await anyio.run_process([str(guest("exit42"))], check=False)
            found.append(process.returncode)

        async with anyio.create_task_group() as tasks:
            for _ in range(4):
                tasks.start_soon(one)
                tasks.start_soon(child)
        return found

    assert sorted(_inside(backend, main)) == [0] * 4 + [42] * 4


@pytest.mark.parametrize("tool", [Counts, Blocks])
def test_cancelling_a_run_kills_the_guest(
    tool: type[Tool[Any, None]], backend: BackendUnderTest, guest: CompileGuest
) -> None:
    async def main() -> bool:
        with anyio.move_on_after(0.05) as scope:
            await _arun(tool, backend, Command([str(guest("wait_forever"))], stdout=DEVNULL))
        return scope.cancelled_caught

    assert _inside(backend, main) is True


def test_a_run_that_is_cancelled_before_it_began_leaves_nothing(backend: BackendUnderTest, guest: CompileGuest) -> None:
    async def main() -> bool:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await _arun(Counts, backend, Command([str(guest("wait_forever"))], stdout=DEVNULL))
        return scope.cancelled_caught

    assert _inside(backend, main) is True


class Raises(Tool[Any, None]):
    """Raises at the first call."""

    async def handle_syscall_event(self, guest: Guest[Any, None], call: Syscall) -> int:
        raise KeyError("no such thing")


def test_the_errors_of_an_awaited_run_are_those_of_any_run(backend: BackendUnderTest, guest: CompileGuest) -> None:
    async def main() -> None:
        with pytest.raises(ToolError, match="KeyError"):
            await _arun(Raises, backend, [str(guest("exit42"))])
        with pytest.raises(RunTimeout):
            await _arun(Blocks, backend, [str(guest("exit42"))], timeout=0.05)
        with pytest.raises(reverie.process.SpawnError):
            await _arun(Counts, backend, ["no-such-command-at-all"])

    _inside(backend, main)


class Loops(Tool[Journal, None]):
    """Notes which kind of loop its handlers run in."""

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        import sniffio

        await guest.call(Journal.note, sniffio.current_async_library())


def test_handlers_run_in_the_kind_of_loop_that_the_caller_has(backend: BackendUnderTest, guest: CompileGuest) -> None:
    async def main() -> Any:
        return await _arun(Loops, backend, [str(guest("exit42"))])

    assert _inside(backend, main).global_state.events == [backend.event_loop]


def test_a_run_inside_a_running_loop_needs_no_await(backend: BackendUnderTest, guest: CompileGuest) -> None:
    # As in Jupyter, where ordinary code runs inside a loop.
    async def main() -> Any:
        return reverie.run(Counts, [str(guest("exit42"))], backend=backend.name, event_loop=backend.event_loop)

    assert _inside(backend, main).status == ExitStatus.exited(42)


INTERRUPTED = """
import signal, sys, threading, os
import reverie
class Nothing(reverie.Tool):
    @classmethod
    def subscriptions(cls, config): return reverie.Subscription.none()
    async def handle_signal_event(self, guest, signal): return None
reading, writing = os.pipe()
def interrupt():
    os.read(reading, 1)
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt, daemon=True).start()
try:
    reverie.run(Nothing, reverie.Command([sys.argv[1]], stdout=writing), backend=sys.argv[2], event_loop=sys.argv[3])
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def test_an_interrupt_of_the_caller_ends_the_guest(backend: BackendUnderTest, guest: CompileGuest) -> None:
    words = [sys.executable, "-c", INTERRUPTED, str(guest("wait_forever")), backend.name, backend.event_loop]
    done = subprocess.run(words, capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.stderr, done.returncode) == ("interrupted\n", "", 0)


KILLED = """
import sys, reverie
class Nothing(reverie.Tool):
    @classmethod
    def subscriptions(cls, config): return reverie.Subscription.of("pause")
reverie.run(Nothing, [sys.argv[1]], backend=sys.argv[2], event_loop=sys.argv[3])
"""


def test_no_guest_survives_its_tracer(backend: BackendUnderTest, guest: CompileGuest) -> None:
    words = [sys.executable, "-c", KILLED, str(guest("wait_forever")), backend.name, backend.event_loop]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as tracer:
        assert tracer.stdout is not None
        assert tracer.stdout.read(6) == b"ready\n"
        tracer.kill()
        # The guest held the pipe's other end too: it ends only when the guest has ended.
        assert tracer.stdout.read() == b""
    assert tracer.returncode == -signal.SIGKILL


class StartsAProgram(Tool[Journal, None]):
    """Starts a program of its own in a handler, and does not wait for it there."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.getppid)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        with subprocess.Popen(["true"]):
            await anyio.sleep(0.05)
        result = subprocess.run(["echo", "done"], capture_output=True, check=True)
        threaded = await anyio.to_thread.run_sync(lambda: subprocess.run(["sh", "-c", "exit 3"], check=False))
        await guest.call(Journal.note, "status", [result.stdout, threaded.returncode])
        return await guest.inject(call)

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Journal], status: ExitStatus) -> None:
        await rpc.call(Journal.note, "ended", pid)


def test_a_program_that_a_handler_starts_is_no_guest(trace: Trace, guest: CompileGuest) -> None:
    run = trace(StartsAProgram, [guest("some_calls")])
    assert run.status == ExitStatus.exited(0)
    assert run.global_state.count("ended") == 1
    assert run.global_state.values("status") == [[b"done\n", 3]]


INHERITING = """
import anyio, reverie
from reverie import GlobalTool, Subscription, Tool

class Nothing(Tool[GlobalTool[None], None]):
    @classmethod
    def subscriptions(cls, config):
        return Subscription.none()

async def main():
    return await reverie.arun(Nothing, ["true"], timeout=10)

print(anyio.run(main).status)
"""


@pytest.mark.skipif(sys.version_info < (3, 14), reason="before Python 3.14 no thread inherits a context")
def test_a_run_s_thread_knows_nothing_of_the_callers_loop() -> None:
    environment = {**os.environ, "PYTHON_THREAD_INHERIT_CONTEXT": "1"}
    words = [sys.executable, "-c", INHERITING]
    assert subprocess.run(words, env=environment, stdout=subprocess.PIPE, check=True).stdout == b"exited with 0\n"
