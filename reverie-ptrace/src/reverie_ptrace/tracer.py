"""One run: spawn the root, seize it, let every tracee live, and tear down."""

import logging
import os
import signal
from typing import Any, Final

import anyio
import anyio.abc

from reverie import BackendUnavailable, ReverieError, RunTimeout, Subscription, ToolError
from reverie.backend import Capture, Control, EventLoop, Host, Lineage, RunOptions, RunResult, filter_for
from reverie.backend.dispatch import describe_error
from reverie.tool import Tool, global_state_type
from reverie_process import Command, Spawned, SpawnError, Tid, find_program, high_pipe, read_report, spawn
from reverie_process.plan import (
    AwaitPermission,
    ChangeDirectory,
    InstallFilter,
    RestoreSignals,
    SpawnPlan,
    Step,
    StopSelf,
)
from reverie_process.stdio import Stdio, open_stdio
from reverie_ptrace.events.births import claim_strangers, meet_stranger
from reverie_ptrace.kernel import requests
from reverie_ptrace.loop import live
from reverie_ptrace.probe import explain_refusal
from reverie_ptrace.run import Run
from reverie_ptrace.stops.host import EventHost

_log = logging.getLogger("reverie")

_NEEDED_DESCRIPTORS: Final = 20
"""An event loop has 4 to 6, a launch 8 at a time, a command's pipes 6."""


class Tracer:
    """One run of a tool on a command, on the thread that calls ``run``."""

    def __init__(
        self, tool: type[Tool[Any, Any]], command: Command, config: Any, options: RunOptions, control: Control
    ) -> None:
        self._tool = tool
        self._command = command
        self._config = config
        self._options = options
        self._control = control
        self._path = find_program(command) if command.function is None else ""
        self._host = _event_host(options.event_loop)
        self._result: RunResult[Any] | None = None
        self._run: Run | None = None

    def run(self) -> RunResult[Any]:
        """Do it. Blocks until the last tracee is gone."""
        _ensure_descriptors()
        self._host.run(self._main, self._deliver)
        assert self._result is not None
        return self._result

    def _deliver(self, tid: int, status: int) -> None:
        assert self._run is not None
        self._run.router.deliver(tid, status)

    async def _main(self) -> None:
        run = self._run = Run(Lineage(self._tool, self._config), self._host)
        state = await _global_state(self._tool, self._config)
        run.rpc_host = Host(state)
        program = filter_for(_subscription(self._tool, self._config))
        stdio = open_stdio(self._command)
        capture = Capture(stdio, self._command.input)
        try:
            async with anyio.create_task_group() as tasks:
                run.meet = lambda tid, dying: meet_stranger(run, tid, dying=dying)
                run.lose = lambda tracee: claim_strangers(run, tracee)
                run.start_life = lambda tracee: tasks.start_soon(live, run, tracee)
                problem = await self._supervise(run, tasks, stdio, capture, program)
                tasks.cancel_scope.cancel()
        finally:
            capture.finish()
        if problem is not None:
            raise problem
        assert run.root_status is not None
        self._result = RunResult(run.root_status, state, capture.stdout, capture.stderr)

    async def _supervise(
        self, run: Run, tasks: anyio.abc.TaskGroup, stdio: Stdio, capture: Capture, program: bytes | None
    ) -> Exception | None:
        """Start the root and wait until every tracee is gone; return what the run is to raise."""
        try:
            spawned = self._launch(run, stdio, program)
        except Exception as error:
            return error
        capture.start(tasks)
        if self._options.timeout is not None:
            tasks.start_soon(self._end_late, run, self._options.timeout)
        self._attach_control(run)
        await run.finished.wait()
        self._control.detach()
        problem = _launch_problem(run, spawned)
        return run.failure or problem

    def _launch(self, run: Run, stdio: Stdio, program: bytes | None) -> Spawned:
        """Fork the root and become its tracer before it does anything but set itself up."""
        waiting, permission = high_pipe()
        try:
            spawned = spawn(self._plan(stdio, waiting, program))
            try:
                thread = run.lineage.start_root(spawned.pid)
                _seize(thread.tid)
            except BaseException:
                os.kill(spawned.pid, signal.SIGKILL)
                os.waitpid(spawned.pid, 0)
                os.close(spawned.report)
                raise
            run.root = run.adopt(thread.tid, thread)
            run.root.launching = True
            run.root.runs_function = self._command.function is not None
            os.write(permission, b"g")
            return spawned
        finally:
            os.close(waiting)
            os.close(permission)
            stdio.close_theirs()

    def _plan(self, stdio: Stdio, waiting: int, program: bytes | None) -> SpawnPlan:
        command = self._command
        steps: list[Step] = [*stdio.redirects]
        if command.cwd is not None:
            steps.append(ChangeDirectory(os.fspath(command.cwd)))
        steps += [RestoreSignals(), AwaitPermission(waiting), StopSelf()]
        if program is not None:
            steps.append(InstallFilter(program))
        argv = [command.argv0 or command.args[0], *command.args[1:]]
        return SpawnPlan(steps, self._path, argv, command.environment, command.function)

    def _attach_control(self, run: Run) -> None:
        def send(signo: int) -> None:
            if run.root is not None and run.router.tracees.get(run.root.tid) is run.root:
                os.kill(run.root.tid, signo)

        self._control.attach(
            end=lambda reason: self._host.call_from_thread(lambda: run.end(reason)),
            send_signal=lambda signo: self._host.call_from_thread(lambda: send(signo)),
        )

    async def _end_late(self, run: Run, timeout: float) -> None:
        await anyio.sleep(timeout)
        run.end(RunTimeout(f"{self._command.args[0]} was still running after {timeout:g} s; it was killed"))


def _ensure_descriptors() -> None:
    """Fail now, in one place, when there are too few descriptors for a run.

    An event loop that runs out of them in its constructor cannot be closed cleanly.
    """
    opened: list[int] = []
    try:
        for _ in range(_NEEDED_DESCRIPTORS):
            opened.append(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))
    except OSError as error:
        raise ReverieError(
            f"cannot open the {_NEEDED_DESCRIPTORS} descriptors that a run needs: {error.strerror}. Raise 'ulimit -n'"
        ) from error
    finally:
        for descriptor in opened:
            os.close(descriptor)


def _event_host(event_loop: EventLoop) -> EventHost:
    """Import only the loop that is used: the other may not be installed, and costs time."""
    if event_loop == "trio":
        try:
            from reverie_ptrace.stops.on_trio import TrioHost
        except ModuleNotFoundError as error:
            raise BackendUnavailable(
                f"the handlers are to run in trio: {error}. Install it: pip install trio"
            ) from error
        return TrioHost()
    from reverie_ptrace.stops.on_asyncio import AsyncioHost

    return AsyncioHost()


def _seize(tid: Tid) -> None:
    try:
        requests.seize(tid)
    except PermissionError as error:
        raise BackendUnavailable(f"cannot trace our own child {tid}: {explain_refusal(error)}") from error


async def _global_state(tool: type[Tool[Any, Any]], config: Any) -> Any:
    kind = global_state_type(tool)
    try:
        return await kind.init_global_state(config)
    except ToolError:
        raise
    except Exception as error:
        raise ToolError(f"{kind.__name__}.init_global_state raised {describe_error(error)}") from error


def _subscription(tool: type[Tool[Any, Any]], config: Any) -> Subscription:
    try:
        subscription = tool.subscriptions(config)
    except ToolError:
        raise
    except Exception as error:
        raise ToolError(f"{tool.__name__}.subscriptions raised {describe_error(error)}") from error
    if subscription.instructions:
        _log.warning("CPUID and RDTSC are not trapped yet: %s will not be told of them", tool.__name__)
    return subscription


def _launch_problem(run: Run, spawned: Spawned) -> SpawnError | None:
    """Close the report pipe; return why the root never became the program, if it did not."""
    if run.root is not None and run.root.executed:
        os.close(spawned.report)
        return None
    return read_report(spawned)


__all__ = ["Tracer"]
