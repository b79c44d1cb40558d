"""Fork, do the plan, exec; a failing step reports its name and errno through a pipe.

``os.fork`` and not a bare ``fork(2)``: Python's own after-fork handlers make a new
interpreter lock in the child. Without them a lock request of another thread, copied
by the fork, would let the child wait for a thread that does not exist there.
"""

import contextlib
import errno
import fcntl
import gc
import os
import signal
import struct
import sys
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NoReturn, assert_never

from reverie_process import libc
from reverie_process.errors import SpawnError, exec_failed
from reverie_process.ids import Pid
from reverie_process.plan import (
    AwaitPermission,
    ChangeDirectory,
    InstallFilter,
    Redirect,
    RestoreSignals,
    SetSignalMask,
    SpawnPlan,
    Step,
    StopSelf,
)

_REPORT: Final = struct.Struct("ii")
"""errno, then the number of the step; the step after the last is the exec."""

_FAILED: Final = 125


@dataclass(frozen=True, slots=True)
class Spawned:
    """A child that was just forked. The owner of ``report`` must close it, by ``read_report``."""

    pid: Pid
    plan: SpawnPlan
    report: int
    """The reading end of a pipe: at its end when the exec succeeded, else holding what failed."""


def spawn(plan: SpawnPlan) -> Spawned:
    """Fork a child that carries out the plan. Return at once; ``read_report`` tells the outcome.

    Raises:
        SpawnError: no process was to be had (EAGAIN, ENOMEM).
        OSError: no descriptor was to be had (EMFILE, ENFILE).
    """
    argv = [os.fsencode(word) for word in plan.argv]
    environment = {os.fsencode(name): os.fsencode(value) for name, value in plan.environment.items()}
    path = os.fsencode(plan.path)
    reading, writing = high_pipe()
    try:
        pid = _fork()
    except OSError as error:
        os.close(reading)
        os.close(writing)
        raise SpawnError(
            "fork", error.errno or 0, f"cannot start {plan.argv[0]}: fork failed: {error.strerror}"
        ) from error
    except BaseException:
        os.close(reading)
        os.close(writing)
        raise
    if pid == 0:
        _become(plan, path, argv, environment, writing)
    os.close(writing)
    return Spawned(Pid(pid), plan, reading)


def read_report(spawned: Spawned) -> SpawnError | None:
    """Wait until the child has exec'ed or failed, and return what failed.

    Must be called once; it closes the pipe.
    """
    with os.fdopen(spawned.report, "rb") as pipe:
        report = pipe.read(_REPORT.size)
    if len(report) < _REPORT.size:
        return None
    number, index = _REPORT.unpack(report)
    steps = spawned.plan.steps
    if index == len(steps):
        return exec_failed(spawned.plan.path, number)
    step = steps[index]
    return SpawnError(
        type(step).__name__, number, f"cannot start {spawned.plan.argv[0]}: {step!r} failed: {os.strerror(number)}"
    )


def high_pipe() -> tuple[int, int]:
    """Make a pipe, close-on-exec (PEP 446), whose ends no redirect of 0, 1 or 2 can overwrite.

    A daemon may have these closed, and then pipe(2) gives them out. The caller owns both ends.
    """
    low = os.pipe()
    high: list[int] = []
    try:
        for descriptor in low:
            high.append(fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3))
    except BaseException:
        for descriptor in high:
            os.close(descriptor)
        raise
    finally:
        for descriptor in low:
            os.close(descriptor)
    reading, writing = high
    return reading, writing


def _fork() -> int:
    with warnings.catch_warnings():
        # Python 3.12 warns of forks with many threads. The child below keeps to
        # system calls, so the danger it speaks of, locks held by others, is met.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _become(plan: SpawnPlan, path: bytes, argv: list[bytes], environment: dict[bytes, bytes], report: int) -> NoReturn:
    index = 0
    try:
        gc.disable()  # a finalizer here would write what the parent buffered
        for step in plan.steps:
            _do(step)
            index += 1
        if plan.function is not None:
            os.close(report)
            _call(plan.function)
        os.execve(path, argv, environment)
    except BaseException as error:  # also a ValueError for what no execve(2) can take: it is a failed step like any
        number = error.errno if isinstance(error, OSError) else None
        os.write(report, _REPORT.pack(number or errno.EINVAL, index))
    finally:
        os._exit(_FAILED)


def _call(function: Callable[[], object]) -> NoReturn:
    """Run a function as the whole program, and exit as Python would."""
    # Streams of its own: the parent's may lead elsewhere than to 0, 1 and 2, and hold what it has not written yet.
    for name, descriptor, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        setattr(sys, name, open(descriptor, mode, closefd=False))  # noqa: SIM115  (open as long as the child lives)
    gc.enable()
    code: object = 0
    try:
        function()
    except SystemExit as exit_:
        code = exit_.code
        if code is not None and not isinstance(code, int):
            print(code, file=sys.stderr)
            code = 1
    except BaseException:
        traceback.print_exc()
        code = 1
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code & 0xFF if isinstance(code, int) else 0)


def _do(step: Step) -> None:
    match step:
        case Redirect(source, target):
            # dup2 onto itself would keep close-on-exec.
            if source == target:
                os.set_inheritable(source, True)
            else:
                os.dup2(source, target)
        case ChangeDirectory(path):
            os.chdir(path)
        case SetSignalMask(blocked):
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        case RestoreSignals():
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        case AwaitPermission(descriptor):
            if os.read(descriptor, 1) != b"g":
                os._exit(_FAILED)  # the parent is gone
        case StopSelf():
            os.kill(os.getpid(), signal.SIGSTOP)
        case InstallFilter(program, flags):
            _install_filter(program, flags)
        case _:
            assert_never(step)


def _install_filter(program: bytes, flags: int) -> None:
    """Without no_new_privs where we may, so that set-user-id programs keep working; seccomp(2), EACCES."""
    try:
        libc.seccomp_set_filter(program, flags)
    except PermissionError:
        libc.set_no_new_privs()
        libc.seccomp_set_filter(program, flags)


__all__ = ["Spawned", "high_pipe", "read_report", "spawn"]
