"""Run a tool on a command: from ordinary code, and from inside an event loop.

Each run has a thread of its own. A backend may bind kernel state to it (a ptrace tracer
is a thread, not a process), a blocked caller stays interruptible, and the caller's own
children and event loop are not the run's business.
"""

import sys
import threading
from collections.abc import Callable, Sequence
from contextvars import Context
from typing import Any, Final, TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread

from reverie.backend.contract import AttachingBackend, EventLoop, RunOptions, RunResult
from reverie.backend.registry import find
from reverie.control import Control
from reverie.errors import BackendUnavailable, ReverieError, RunCancelled
from reverie.global_tool import GlobalTool
from reverie.tool import Tool, config_type
from reverie_process import PIPE, Command, Pid

G = TypeVar("G", bound=GlobalTool[Any])

_BEGINS_SECONDS: Final = 1.0
"""A thread that has been started begins within this."""


def run(
    tool: type[Tool[G, Any]],
    command: Sequence[str] | Command,
    *,
    config: Any = None,
    backend: str = "ptrace",
    timeout: float | None = None,
    event_loop: EventLoop = "asyncio",
    control: Control | None = None,
    colocate: bool = True,
) -> RunResult[G]:
    """Run a command under a tool and return when its last process is gone.

    Args:
        config: given to the tool; by default made by calling the type that the tool's
            global state names.
        timeout: seconds, after which the guest is killed.
        event_loop: which kind of loop the handlers run in.
        control: to end the run from another thread or a signal handler.
        colocate: let the backend keep itself and the guest on one CPU while they do
            nothing but talk to each other. Threads and processes that a handler starts
            then begin on that CPU, and stay there unless they are given others.

    Raises:
        SpawnError: the command could not be started.
        ToolError: the tool raised; the guest was killed.
        RunTimeout: it took too long; the guest was killed.
        BackendUnavailable: the backend is not installed or cannot run here.
    """
    control = control or Control()
    options = RunOptions(event_loop, timeout, colocate)
    return _run_in_thread(_job(tool, command, config, backend, options, control), control)


def attach(
    tool: type[Tool[G, Any]],
    pids: int | Sequence[int],
    *,
    config: Any = None,
    backend: str = "ptrace",
    timeout: float | None = None,
    event_loop: EventLoop = "asyncio",
    control: Control | None = None,
) -> RunResult[G]:
    """Put a tool on processes that run already, with all their threads and what they start from now on.

    Returns when they have ended, or when ``control.detach()`` is called: then they run on
    as if nothing had been. They are left like that also when the tool raises, when the
    time is over and when the run is ended otherwise; none is ever killed. The tool is told
    ``handle_thread_start`` for each thread at once, and the exit callbacks of what is left
    get a status that ``is_running``. ``status`` is that of the first process.

    No filter can be put on a running process, so each of its calls costs two stops,
    wanted or not. A thread that waits in a call is interrupted once at the beginning and
    once at the end, and a call that cannot be restarted returns EINTR then (signal(7)).

    Raises:
        BackendUnavailable: there is no such process, it must not be traced, or the backend cannot attach.
        ToolError, RunTimeout: see ``run``.
    """
    control = control or Control()
    job = _attach_job(tool, pids, config, backend, RunOptions(event_loop, timeout), control)
    return _run_in_thread(job, control)


def _run_in_thread(job: Callable[[], RunResult[G]], control: Control) -> RunResult[G]:
    thread = _RunThread(job)
    try:
        thread.launch()
        thread.finished.wait()
    except _NoThread:
        raise
    except BaseException as reason:
        # Ctrl-C in the caller's program, perhaps as early as in start, when the thread may exist or not.
        control.end(RunCancelled(f"the run was ended by {type(reason).__name__}"))
        if thread.begun.wait(_BEGINS_SECONDS):
            thread.finished.wait()
            thread.join()
        raise
    thread.join()
    return thread.result()


def run_function(
    tool: type[Tool[G, Any]],
    function: Callable[[], object],
    *,
    config: Any = None,
    backend: str = "ptrace",
    timeout: float | None = None,
    event_loop: EventLoop = "asyncio",
    capture: bool = True,
    colocate: bool = True,
) -> RunResult[G]:
    """Run a Python function under a tool, in a forked copy of this program. See ``run``.

    What the function changes stays in the copy; only its output and its status come
    back: 0 when it returns, 1 when it raises, or what it gives to ``sys.exit``.

    Args:
        capture: collect stdout and stderr, as ``run.stdout`` and ``run.stderr``.
    """
    stream = PIPE if capture else None
    name = getattr(function, "__name__", type(function).__name__)
    command = Command([name], stdout=stream, stderr=stream, function=function)
    return run(tool, command, config=config, backend=backend, timeout=timeout, event_loop=event_loop, colocate=colocate)


async def arun(
    tool: type[Tool[G, Any]],
    command: Sequence[str] | Command,
    *,
    config: Any = None,
    backend: str = "ptrace",
    timeout: float | None = None,
    colocate: bool = True,
) -> RunResult[G]:
    """Run a command under a tool from inside asyncio or trio. See ``run``.

    Handlers run in the same kind of loop as the caller's, but not in the same loop: they
    have a thread of their own, so a caller that computes does not hold the guest up.
    Cancelling the call kills the guest, and returns when nothing of it is left.
    """
    control = Control()
    options = RunOptions("trio" if _is_trio() else "asyncio", timeout, colocate)
    return await _await_run(_job(tool, command, config, backend, options, control), control)


async def aattach(
    tool: type[Tool[G, Any]],
    pids: int | Sequence[int],
    *,
    config: Any = None,
    backend: str = "ptrace",
    timeout: float | None = None,
    control: Control | None = None,
) -> RunResult[G]:
    """Put a tool on running processes from inside asyncio or trio. See ``attach`` and ``arun``.

    Cancelling the call leaves the processes to themselves.
    """
    control = control or Control()
    options = RunOptions("trio" if _is_trio() else "asyncio", timeout)
    return await _await_run(_attach_job(tool, pids, config, backend, options, control), control)


async def _await_run(job: Callable[[], RunResult[G]], control: Control) -> RunResult[G]:
    thread = _RunThread(job)

    async def end_when_cancelled() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            control.end(RunCancelled("the run was cancelled"))

    thread.launch()  # a new one: a pooled worker may have children, whose status its wait4 would take
    async with anyio.create_task_group() as watch:
        watch.start_soon(end_when_cancelled)
        with anyio.CancelScope(shield=True):
            # A limiter of its own: waiting for a run must not use up the caller's worker threads.
            await anyio.to_thread.run_sync(thread.join, limiter=anyio.CapacityLimiter(1))
        watch.cancel_scope.cancel()
    await anyio.lowlevel.checkpoint()
    return thread.result()


def _is_trio() -> bool:
    """Tell whether the caller runs in trio, without importing it."""
    trio = sys.modules.get("trio")
    return trio is not None and bool(trio.lowlevel.in_trio_run())


def _job(
    tool: type[Tool[G, Any]],
    command: Sequence[str] | Command,
    config: Any,
    backend: str,
    options: RunOptions,
    control: Control,
) -> Callable[[], RunResult[G]]:
    if not isinstance(command, Command):
        command = Command(command)
    given = _configuration(tool, config)
    engine = find(backend)
    return lambda: engine.run(tool, command, given, options, control)


def _attach_job(
    tool: type[Tool[G, Any]],
    pids: int | Sequence[int],
    config: Any,
    backend: str,
    options: RunOptions,
    control: Control,
) -> Callable[[], RunResult[G]]:
    engine = find(backend)
    if not isinstance(engine, AttachingBackend):
        raise BackendUnavailable(f"the backend {backend!r} cannot attach to running processes: start them under it")
    if isinstance(pids, str | bytes):
        raise TypeError(f"attach takes an int or several, not {pids!r}: give int(...) of it")
    wanted = [Pid(pid) for pid in ([pids] if isinstance(pids, int) else dict.fromkeys(pids))]
    if not wanted:
        raise ValueError("attach needs the id of at least one process")
    given = _configuration(tool, config)
    return lambda: engine.attach(tool, wanted, given, options, control)


def _configuration(tool: type[Tool[Any, Any]], config: Any) -> Any:
    return config_type(tool)() if config is None else config


class _NoThread(ReverieError):
    """The run's thread could not be started."""


class _RunThread(threading.Thread):
    """Runs a job and keeps what came of it."""

    def __init__(self, job: Callable[[], RunResult[Any]]) -> None:
        super().__init__(name="reverie-tracer", daemon=True)
        self._job = job
        self.begun = threading.Event()
        self.finished = threading.Event()
        self._result: RunResult[Any] | None = None
        self._error: BaseException | None = None

    def launch(self) -> None:
        try:
            self.start()
        except RuntimeError as error:  # what threading makes of EAGAIN
            raise _NoThread(f"cannot start the run's thread: {error}. 'ulimit -u' may be too low") from error

    def run(self) -> None:
        self.begun.set()
        try:
            # Where threads inherit the context, as in free-threaded Python, the caller's loop would seem to run here.
            self._result = Context().run(self._job)
        except BaseException as error:
            self._error = error
        finally:
            self.finished.set()

    def result(self) -> RunResult[Any]:
        if self._error is not None:
            try:
                raise self._error
            finally:
                self._error = None  # break the cycle of traceback and frame
        assert self._result is not None
        return self._result


__all__ = ["RunResult", "aattach", "arun", "attach", "run", "run_function"]
