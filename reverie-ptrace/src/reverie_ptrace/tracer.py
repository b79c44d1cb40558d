"""One run: begin with the guest, let every tracee live, and tear down."""

import logging
import os
from typing import Any, Final, Protocol

import anyio
import anyio.abc

from reverie import BackendUnavailable, ReverieError, RunTimeout, Subscription, ToolError
from reverie.backend import Control, EventLoop, Host, Lineage, RunOptions, RunResult
from reverie.backend.dispatch import describe_error
from reverie.tool import Tool, global_state_type
from reverie_process import ExitStatus
from reverie_ptrace.colocation import Colocation, is_possible
from reverie_ptrace.events.births import claim_strangers, meet_stranger
from reverie_ptrace.loop import live
from reverie_ptrace.run import Run
from reverie_ptrace.stops.host import EventHost

_log = logging.getLogger("reverie")

_NEEDED_DESCRIPTORS: Final = 20
"""An event loop has 4 to 6, a launch 8 at a time, a command's pipes 6."""


class Origin(Protocol):
    """Where a run's guest comes from: it is started, or it runs already."""

    @property
    def name(self) -> str:
        """What messages call it."""
        ...

    @property
    def kills(self) -> bool:
        """Whether the guest ends with the run."""
        ...

    def begin(self, run: Run, subscription: Subscription, tasks: anyio.abc.TaskGroup) -> None:
        """Become the tracer of the first tracees."""
        ...

    def problem(self, run: Run) -> Exception | None:
        """Return why the guest never came to run. Called once, when every tracee is gone."""
        ...

    def finish(self) -> tuple[bytes | None, bytes | None]:
        """Give up what was opened for the guest; return what it wrote to stdout and stderr."""
        ...


class Tracer:
    """One run of a tool on a guest, on the thread that calls ``run``."""

    def __init__(
        self, tool: type[Tool[Any, Any]], origin: Origin, config: Any, options: RunOptions, control: Control
    ) -> None:
        self._tool = tool
        self._origin = origin
        self._config = config
        self._options = options
        self._control = control
        self._host = _event_host(options.event_loop)
        self._result: RunResult[Any] | None = None
        self._run: Run | None = None

    def run(self) -> RunResult[Any]:
        """Do it. Blocks until the last tracee is gone."""
        _ensure_descriptors()
        try:
            self._host.run(self._main, self._deliver)
        finally:
            if self._run is not None and self._run.colocation is not None:
                self._run.colocation.end()
        assert self._result is not None
        return self._result

    def _deliver(self, tid: int, status: int) -> None:
        assert self._run is not None
        self._run.router.deliver(tid, status)

    async def _main(self) -> None:
        origin = self._origin
        run = self._run = Run(Lineage(self._tool, self._config), self._host, kills=origin.kills)
        state = await _global_state(self._tool, self._config)
        run.rpc_host = Host(state)
        subscription = _subscription(self._tool, self._config)
        if self._options.colocate and origin.kills and is_possible(subscription):
            run.colocation = Colocation()
        try:
            async with anyio.create_task_group() as tasks:
                run.meet = lambda tid, dying: meet_stranger(run, tid, dying=dying)
                run.lose = lambda tracee: claim_strangers(run, tracee)
                run.start_life = lambda tracee: tasks.start_soon(live, run, tracee)
                problem = await self._supervise(run, tasks, subscription)
                tasks.cancel_scope.cancel()
        finally:
            stdout, stderr = origin.finish()
        if problem is not None:
            raise problem
        self._result = RunResult(run.root_status or ExitStatus.running(), state, stdout, stderr)

    async def _supervise(self, run: Run, tasks: anyio.abc.TaskGroup, subscription: Subscription) -> Exception | None:
        """Begin, and wait until every tracee is gone; return what the run is to raise."""
        try:
            self._origin.begin(run, subscription, tasks)
        except Exception as error:
            return error
        if self._options.timeout is not None:
            tasks.start_soon(self._end_late, run, self._options.timeout)
        self._connect_control(run)
        await run.finished.wait()
        self._control.disconnect()
        problem = self._origin.problem(run)
        return run.failure or problem

    def _connect_control(self, run: Run) -> None:
        def send(signo: int) -> None:
            if run.root is not None and run.router.tracees.get(run.root.tid) is run.root:
                os.kill(run.root.tid, signo)

        def soon(function: Any, *arguments: Any) -> None:
            self._host.call_from_thread(lambda: function(*arguments))

        self._control.connect(
            end=lambda reason: soon(run.end, reason),
            send_signal=lambda signo: soon(send, signo),
            leave=None if run.kills else lambda: soon(run.leave),
        )

    async def _end_late(self, run: Run, timeout: float) -> None:
        await anyio.sleep(timeout)
        fate = "it was killed" if run.kills else "it was left to itself"
        run.end(RunTimeout(f"{self._origin.name} was still running after {timeout:g} s; {fate}"))


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


__all__ = ["Origin", "Tracer"]
