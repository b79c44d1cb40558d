"""A tool is put on processes that run already, and taken off again: nothing of it is left."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

import reverie
from reverie import BackendUnavailable, Control, ExitStatus, Guest, Pid, Rpc, RunTimeout, Subscription, Tid, Tool
from reverie.backend import AttachingBackend
from reverie.backend.registry import find
from reverie.syscalls import Getpid, Nanosleep, Signal, Syscall, SyscallError, Sysno
from tests.contract.journal import Journal
from tests.contract.test_transparency import TOOLS
from tests.support.backends import BackendUnderTest
from tests.support.compile import CompileGuest

LONGEST_SECONDS = 30.0

Attach = Callable[..., reverie.RunResult[Any]]


class Running:
    """A guest that nobody has started under a tracer."""

    def __init__(self, words: list[str | Path]) -> None:
        self.process = subprocess.Popen(
            [str(word) for word in words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"begun\n"

    @property
    def pid(self) -> int:
        return self.process.pid

    def tids(self) -> set[int]:
        """Return the ids of its threads."""
        return {int(name) for name in os.listdir(f"/proc/{self.pid}/task")}

    def tracer(self) -> int:
        """Return the id of the process that traces it."""
        fields = Path(f"/proc/{self.pid}/status").read_text().split("TracerPid:\t")[1]
        tid = int(fields.split()[0])  # a tracer is a thread
        if tid == 0:
            return 0
        return int(Path(f"/proc/{tid}/status").read_text().split("Tgid:\t")[1].split()[0])

    def finish(self) -> str:
        """Let it end; return what it complained of, and its status."""
        assert self.process.stdin is not None
        assert self.process.stderr is not None
        self.process.stdin.close()
        complaint = self.process.stderr.read().decode()
        return f"{complaint}exited with {self.process.wait(LONGEST_SECONDS)}"

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()


@pytest.fixture
def running(guest: CompileGuest) -> Iterator[Running]:
    """Give a guest of five threads that works, and begins when it is there."""
    with contextlib.closing(Running([guest("attached")])) as process:
        yield process


@pytest.fixture
def attach(backend: BackendUnderTest) -> Attach:
    """Attach a tool by the backend under test, if it can."""
    if not isinstance(find(backend.name), AttachingBackend):
        pytest.skip(f"the backend {backend.name} does not attach")

    def run(tool: type[Tool[Any, Any]], pids: int | list[int], **options: Any) -> reverie.RunResult[Any]:
        options.setdefault("timeout", LONGEST_SECONDS)
        return reverie.attach(tool, pids, backend=backend.name, event_loop=backend.event_loop, **options)

    return run


class Notes(Tool[Journal, None]):
    """Notes starts, ends, calls and signals, and leaves when it has been told enough."""

    control: Control
    calls = 0
    """So many calls are to be told before it leaves; with 0 it never does."""
    awaited: frozenset[int | str] = frozenset()
    """Threads whose start, and calls and signals whose names are to be told before."""

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        await guest.call(Journal.note, "start")
        type(self).awaited -= {guest.tid}

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        await guest.call(Journal.note, call.name)
        self._leave_after(call.name)
        return await guest.inject(call)

    async def handle_signal_event(self, guest: Guest[Journal, None], signal: Signal) -> Signal | None:
        await guest.call(Journal.note, signal.name)
        if self.calls > 0:
            type(self).awaited -= {signal.name}
        return signal

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: None, status: ExitStatus) -> None:
        await rpc.call(Journal.note, f"end: {status}")

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Journal], status: ExitStatus) -> None:
        await rpc.call(Journal.note, f"process: {status}")

    def _leave_after(self, name: str) -> None:
        if self.calls > 0:
            type(self).awaited -= {name}
            if self.calls > 1 or not self.awaited:
                type(self).calls -= 1
                if self.calls == 0:
                    self.leave()

    def leave(self) -> None:
        """Leave the guest."""
        self.control.detach()


def leaving(tool: type[Any], calls: int, *awaited: int | str) -> tuple[type[Any], Control]:
    """Return a tool of its own that leaves after so many calls, and after what else is awaited."""
    control = Control()
    return type(tool.__name__, (tool,), {"control": control, "calls": calls, "awaited": frozenset(awaited)}), control


def test_all_threads_and_children_are_traced_and_run_on_when_they_are_left(attach: Attach, running: Running) -> None:
    before = running.tids()
    tool, control = leaving(Notes, 100, *before, "read", "write", "wait4", "SIGUSR1", "SIGCHLD")
    run = attach(tool, running.pid, control=control)
    journal = run.global_state
    assert run.status.is_running
    assert before <= set(journal.tids("start"))
    assert before <= set(journal.tids("end: still running"))
    # A thread that was born as the run was left may have an end without a start.
    assert journal.count("start") <= sum(journal.count(name) for name in set(journal.events) if name.startswith("end"))
    assert journal.count("process: still running") >= 1
    assert {"read", "write", "wait4", "SIGUSR1", "SIGCHLD"} <= set(journal.events)
    assert running.tracer() == 0
    assert running.finish() == "exited with 42"


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.__name__)
def test_a_tool_that_changes_nothing_can_come_and_go(attach: Attach, running: Running, tool: type[Any]) -> None:
    for pause in (0.0, 0.01, 0.05):
        control = Control()
        timer = threading.Timer(pause, control.detach)
        timer.start()
        assert attach(tool, running.pid, control=control).status.is_running
        timer.join()
    assert running.finish() == "exited with 42"


def test_a_process_that_ends_meanwhile_is_told_with_its_status(attach: Attach, running: Running) -> None:
    class Ends(Notes):
        def leave(self) -> None:
            assert running.process.stdin is not None
            running.process.stdin.close()

    tool, control = leaving(Ends, 50)
    run = attach(tool, running.pid, control=control)
    assert run.status == ExitStatus.exited(42)
    assert run.global_state.count("process: exited with 42") == 1
    assert running.process.wait(LONGEST_SECONDS) == 42


def test_only_the_wanted_calls_are_told(attach: Attach, running: Running) -> None:
    class Pipes(Notes):
        @classmethod
        def subscriptions(cls, config: Any) -> Subscription:
            return Subscription.of("pipe", "pipe2")

    tool, control = leaving(Pipes, 20)
    journal = attach(tool, running.pid, control=control).global_state
    told = {name for name in journal.events if not name.startswith(("SIG", "start", "end", "process"))}
    assert told <= {"pipe", "pipe2"}
    assert journal.count("pipe") + journal.count("pipe2") >= 20
    assert running.finish() == "exited with 42"


def test_calls_can_be_suppressed_and_replaced(attach: Attach, guest: CompileGuest) -> None:
    class Changes(Tool[Journal, None]):
        @classmethod
        def subscriptions(cls, config: Any) -> Subscription:
            return Subscription.of(Sysno.getppid)

        async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
            await guest.call(Journal.note, "getppid")
            return 4711 if (await guest.inject(Getpid())) == guest.pid else 0

    script = "import os; print('begun', flush=True); n = 0\nwhile os.getppid() != 4711: n += 1\nprint('changed')"
    process = Running([sys.executable, "-u", "-c", script])
    with contextlib.closing(process):
        run = attach(Changes, process.pid)
        assert run.status == ExitStatus.exited(0)
        assert run.global_state.count("getppid") == 1


def test_a_handler_that_waits_is_dropped_and_its_call_is_made(attach: Attach, running: Running) -> None:
    class Waits(Notes):
        async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
            await guest.inject(Getpid())
            self._leave_after(call.name)
            await anyio.sleep_forever()

    tool, control = leaving(Waits, 4)
    assert attach(tool, running.pid, control=control).status.is_running
    assert running.finish() == "exited with 42"


def test_a_handler_that_has_made_the_call_is_dropped_with_its_result(attach: Attach, running: Running) -> None:
    class WaitsAfterwards(Notes):
        async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
            with contextlib.suppress(SyscallError):
                await guest.inject(call)
            self._leave_after(call.name)
            await anyio.sleep_forever()

    tool, control = leaving(WaitsAfterwards, 4)
    assert attach(tool, running.pid, control=control).status.is_running
    assert running.finish() == "exited with 42"


def test_an_injected_call_that_waits_ends_with_the_run(attach: Attach, running: Running) -> None:
    class Sleeps(Notes):
        async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
            self._leave_after(call.name)
            with guest.stack() as stack:
                request = stack.push((1000).to_bytes(8, "little") + bytes(8))
                await guest.inject(Nanosleep(request, 0))
            return await guest.inject(call)

    tool, control = leaving(Sleeps, 4)
    assert attach(tool, running.pid, control=control).status.is_running
    assert running.finish() == "exited with 42"


@pytest.mark.parametrize("where", ["handle_thread_start", "handle_syscall_event", "on_exit_thread"])
def test_an_error_leaves_the_processes_and_is_raised(attach: Attach, running: Running, where: str) -> None:
    async def fail(self: Any, *arguments: Any) -> int:
        raise LookupError("a mistake")

    tool = type("Fails", (Tool,), {where: fail})
    control = Control()
    timer = threading.Timer(0.2, control.detach)
    timer.start()
    with pytest.raises(reverie.ToolError, match=f"Fails.{where} raised LookupError: a mistake"):
        attach(tool, running.pid, control=control)
    timer.join()
    assert running.tracer() == 0
    assert running.finish() == "exited with 42"


def test_a_timeout_leaves_the_processes(attach: Attach, running: Running) -> None:
    with pytest.raises(RunTimeout, match="was left to itself"):
        attach(Notes, running.pid, timeout=0.1)
    assert running.finish() == "exited with 42"


def send_when_traced(pid: int, signo: int) -> None:
    """Send a signal as soon as every thread of the process has a tracer."""
    while any("TracerPid:\t0\n" in status.read_text() for status in Path(f"/proc/{pid}/task").glob("*/status")):
        time.sleep(0.001)
    os.kill(pid, signo)


def test_a_stopped_process_stays_stopped_and_is_told_when_it_goes_on(attach: Attach, running: Running) -> None:
    os.kill(running.pid, signal.SIGSTOP)
    os.waitpid(running.pid, os.WUNTRACED)
    control = Control()
    control.detach()
    assert attach(Notes, running.pid, control=control).status.is_running
    assert Path(f"/proc/{running.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
    tool, control = leaving(Notes, 10, "SIGCONT")
    sender = threading.Thread(target=send_when_traced, args=(running.pid, signal.SIGCONT))
    sender.start()
    run = attach(tool, running.pid, control=control)
    sender.join()
    assert "SIGCONT" in run.global_state.events
    assert running.finish() == "exited with 42"


def test_several_processes_are_traced_at_once(attach: Attach, guest: CompileGuest) -> None:
    with (
        contextlib.closing(Running([guest("attached")])) as one,
        contextlib.closing(Running([guest("attached")])) as other,
    ):
        tool, control = leaving(Notes, 100, one.pid, other.pid)
        run = attach(tool, [one.pid, other.pid], control=control)
        assert {one.pid, other.pid} <= set(run.global_state.tids("start"))
        assert run.global_state.count("process: still running") >= 2
        assert one.finish() == other.finish() == "exited with 42"


def test_when_one_of_several_cannot_be_traced_the_others_are_left(attach: Attach, running: Running) -> None:
    with pytest.raises(BackendUnavailable, match="there is no process 2147483646"):
        attach(Notes, [running.pid, 2147483646])
    assert running.tracer() == 0
    assert running.finish() == "exited with 42"


def test_what_cannot_be_traced_is_refused_with_a_reason(attach: Attach, running: Running) -> None:
    thread = (running.tids() - {running.pid}).pop()
    with pytest.raises(BackendUnavailable, match=f"{thread} is a thread of process {running.pid}: attach to that"):
        attach(Notes, thread)
    with pytest.raises(BackendUnavailable, match="a process cannot trace itself"):
        attach(Notes, os.getpid())
    ended = subprocess.Popen(["true"])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    with pytest.raises(BackendUnavailable, match="has ended"):
        attach(Notes, ended.pid)
    ended.wait()
    with pytest.raises(ValueError, match="at least one process"):
        attach(Notes, [])


def test_a_traced_process_is_refused_with_its_tracer_s_name(attach: Attach, running: Running) -> None:
    errors: list[str] = []

    class AttachesAgain(Notes):
        async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
            if not errors:
                errors.append(await anyio.to_thread.run_sync(self._again))
                self.control.detach()
            return await guest.inject(call)

        def _again(self) -> str:
            with pytest.raises(BackendUnavailable) as refusal:
                attach(Notes, running.pid)
            return str(refusal.value)

    tool, control = leaving(AttachesAgain, 0)
    attach(tool, running.pid, control=control)
    assert f"process {running.pid} is traced by process {os.getpid()} already" in errors[0]
    assert running.finish() == "exited with 42"


def test_a_killed_tracer_leaves_the_process_running(running: Running, backend: BackendUnderTest) -> None:
    script = (
        "import sys, reverie\n"
        "from reverie import Tool\n"
        f"reverie.attach(Tool, {running.pid}, backend={backend.name!r}, event_loop={backend.event_loop!r})"
    )
    tracer = subprocess.Popen([sys.executable, "-c", script])
    deadline = time.monotonic() + LONGEST_SECONDS
    while running.tracer() != tracer.pid:
        assert time.monotonic() < deadline, "it never attached"
        time.sleep(0.005)
    tracer.kill()
    tracer.wait()
    assert running.finish() == "exited with 42"


def test_a_guest_that_the_run_started_cannot_be_left(backend: BackendUnderTest) -> None:
    control = Control()
    errors: list[str] = []

    class Leaves(Tool[Any, None]):
        async def handle_post_exec(self, guest: Guest[Any, None]) -> None:
            try:
                control.detach()
            except reverie.ReverieError as error:
                errors.append(str(error))

    run = reverie.run(Leaves, ["true"], backend=backend.name, event_loop=backend.event_loop, control=control)
    assert run.status.success
    assert errors == ["only a guest that was attached to can be left: Control.end ends this one"]


@pytest.mark.parametrize("loop", ["asyncio", "trio"])
def test_a_cancelled_attachment_leaves_the_process(running: Running, loop: str) -> None:
    async def main() -> None:
        with anyio.move_on_after(0.2) as scope:
            await reverie.aattach(Notes, running.pid)
        assert scope.cancelled_caught

    anyio.run(main, backend=loop)
    assert running.tracer() == 0
    assert running.finish() == "exited with 42"


def test_a_process_that_starts_threads_all_the_time_can_be_attached_to(attach: Attach, guest: CompileGuest) -> None:
    with contextlib.closing(Running([guest("threads_all_the_time")])) as process:
        for _ in range(15):
            control = Control()
            control.detach()
            assert attach(Notes, process.pid, control=control).status.is_running
        assert process.finish() == "exited with 0"
