"""A guest that we start: spawn the root, seize it before it does anything, and say why it never became the program."""

import os
import signal
from typing import Final

import anyio.abc

from reverie import BackendUnavailable, Subscription
from reverie.backend import Capture, filter_for
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
from reverie_ptrace.colocation import LOOKED_AT
from reverie_ptrace.events.untraced import CLONES
from reverie_ptrace.kernel import requests
from reverie_ptrace.kernel.layouts import EXIT_WITH_TRACER, OUR_OPTIONS
from reverie_ptrace.probe import explain_refusal
from reverie_ptrace.run import Run

_OPTIONS: Final = OUR_OPTIONS | EXIT_WITH_TRACER


class Launch:
    """Starts one command."""

    kills = True
    """The guest is ours: it ends with the run, whatever ends that."""

    def __init__(self, command: Command) -> None:
        """Find the program.

        Raises:
            SpawnError: there is none.
        """
        self._command = command
        self._path = find_program(command) if command.function is None else ""
        self._spawned: Spawned | None = None
        self._capture: Capture | None = None

    @property
    def name(self) -> str:
        """What messages call the guest."""
        return self._command.args[0]

    def begin(self, run: Run, subscription: Subscription, tasks: anyio.abc.TaskGroup) -> None:
        """Fork the root and become its tracer before it does anything but set itself up."""
        looked_at = CLONES if run.colocation is None else CLONES | LOOKED_AT
        program = filter_for(subscription, looked_at)
        stdio = open_stdio(self._command)
        self._capture = Capture(stdio, self._command.input)
        waiting, permission = high_pipe()
        try:
            self._spawned = spawned = spawn(self._plan(stdio, waiting, program))
            try:
                thread = run.lineage.start_root(spawned.pid)
                _seize(thread.tid)
            except BaseException:
                os.kill(spawned.pid, signal.SIGKILL)
                os.waitpid(spawned.pid, 0)
                os.close(spawned.report)
                self._spawned = None
                raise
            run.root = run.adopt(thread.tid, thread)
            run.root.launching = True
            run.root.runs_function = self._command.function is not None
            os.write(permission, b"g")
        finally:
            os.close(waiting)
            os.close(permission)
            stdio.close_theirs()
        self._capture.start(tasks)

    def problem(self, run: Run) -> SpawnError | None:
        """Return why the root never became the program, if it did not."""
        if self._spawned is None:
            return None
        if run.root is not None and run.root.executed:
            os.close(self._spawned.report)
            return None
        return read_report(self._spawned)

    def finish(self) -> tuple[bytes | None, bytes | None]:
        """Close our ends of the guest's pipes; return what it wrote to stdout and stderr."""
        if self._capture is None:
            return None, None
        self._capture.finish()
        return self._capture.stdout, self._capture.stderr

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


def _seize(tid: Tid) -> None:
    try:
        requests.seize(tid, _OPTIONS)
    except PermissionError as error:
        raise BackendUnavailable(f"cannot trace our own child {tid}: {explain_refusal(error)}") from error


__all__ = ["Launch"]
