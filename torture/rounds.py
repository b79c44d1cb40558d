"""One round: a plan and a tool from a seed, run natively, run traced, compared."""

import dataclasses
import os
import subprocess
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import anyio

import reverie
from reverie import BackendUnavailable, Command, ExitStatus, RunCancelled, RunResult, RunTimeout, ToolError
from reverie.backend import Control, EventLoop
from reverie.process import DEVNULL, PIPE
from tests.support.leftovers import Picture, reap
from torture.growth import grow
from torture.hang import Watch, guests
from torture.ledger import Ledger
from torture.plan import Plan, Step
from torture.temper import Aim, Temper, temper
from torture.tools import Boom, Job, Torturer

FAILED_CHECK: Final = 99
"""The exit status of a guest's process that found something other than it should."""

_PARENT_ID: Final = 1_000_000
"""Of a step that no plan has."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How a round is run."""

    seconds: float = 60.0
    """After this a run counts as hanging."""
    aim: Aim | None = None
    """What all rounds are to be about, if not what their seeds say."""
    event_loop: EventLoop | None = None
    """Which loop all rounds are to have, if not each the other."""
    natively: bool = True
    """Run the guest without a tracer as well."""


@dataclass(frozen=True, slots=True)
class Round:
    """What a seed stands for."""

    seed: int
    plan: Plan
    temper: Temper
    event_loop: EventLoop

    @classmethod
    def of(cls, seed: int, limits: Limits) -> "Round":
        """Make the round of a seed."""
        loop: EventLoop = "trio" if seed % 2 else "asyncio"
        plan, mood = grow(seed), temper(seed, limits.aim)
        if mood.aim is Aim.ATTACH and _execs_among_threads(plan.steps):
            # PTRACE_SEIZE waits for a lock that an exec holds until the tracer has seen the other threads end
            # (ptrace_attach, kernel/ptrace.c; de_thread, fs/exec.c): who attaches just then waits for ever.
            mood = dataclasses.replace(mood, aim=Aim.COMPARE)
        return cls(seed, plan, mood, limits.event_loop or loop)


def _execs_among_threads(body: tuple[Step, ...]) -> bool:
    """Say whether a process's exec may find other threads than its own, or that of a program that it becomes."""
    last = body[-1]
    if last.name != "exec":
        return False
    crowded = any(step.name == "crowd" for step in _of_one_process(body))
    return crowded or last.numbers[2] != 0 or _execs_among_threads(last.body)


def _of_one_process(body: tuple[Step, ...]) -> Iterator[Step]:
    for step in body:
        yield step
        if step.name == "thread":
            yield from _of_one_process(step.body)


@dataclass(slots=True)
class Outcome:
    """What came of a round; it went well if nothing is in ``complaints``."""

    round: Round
    complaints: list[str] = field(default_factory=list)
    guest_fault: bool = False
    """It went wrong without a tracer already."""
    ended_early: bool = False
    """The tool or the caller did end the run; otherwise its outcome was compared with the native one."""
    native_seconds: float = 0.0
    traced_seconds: float = 0.0


@dataclass(slots=True)
class _Traced:
    result: RunResult[Any] | None = None
    error: BaseException | None = None
    status: ExitStatus | None = None
    """The guest's, when somebody else started it."""
    output: bytes = b""
    plan: Plan | None = None
    """What that one was given to do."""


def play(program: Path, round_: Round, limits: Limits) -> Outcome:
    """Run a round; never raises for what the engine does wrong."""
    outcome = Outcome(round_)
    if limits.natively:
        start = time.monotonic()
        outcome.complaints += _native_complaints(program, round_, limits)
        outcome.native_seconds = time.monotonic() - start
        if outcome.complaints:
            outcome.guest_fault = True
            return outcome
    job = Job(round_.temper, Ledger())
    mark = f"TORTURE={os.getpid()}.{round_.seed}"
    before = Picture.take()
    start = time.monotonic()
    with Watch(program, mark, limits.seconds) as watch:
        command = _command(program, round_, mark)
        if round_.temper.aim is Aim.ATTACH:
            traced = _run_attached(command, round_, job)
        else:
            traced = _run_traced(command, round_, job)
    outcome.traced_seconds = time.monotonic() - start
    outcome.ended_early = traced.result is None or job.kills > 0 or job.daemons > 0
    if watch.seen:
        outcome.complaints += ["the run hung", *watch.seen]
    else:
        outcome.complaints += _complaints(round_, job, traced)
    # The exception's traceback holds the frames of the run, and those whatever they had.
    traced.error = traced.result = None
    job.ledger.finish()
    outcome.complaints += _left_over(before, program, mark)
    return outcome


def _command(program: Path, round_: Round, mark: str) -> Command:
    name, _, value = mark.partition("=")
    return Command([str(program), str(round_.plan)], env={**os.environ, name: value}, stdin=DEVNULL, stdout=PIPE)


def _native_complaints(program: Path, round_: Round, limits: Limits) -> Iterator[str]:
    command = [str(program), str(round_.plan)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True) as guest:
        try:
            output, _ = guest.communicate(timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            os.killpg(guest.pid, 9)
            output, _ = guest.communicate()
            yield f"natively it still ran after {limits.seconds:g} s"
    yield from (f"natively: {line}" for line in _differences(round_.plan, _status(guest), output))


def _run_traced(command: Command, round_: Round, job: Job) -> _Traced:
    aim, after = round_.temper.aim, round_.temper.after / 1000
    control = Control()
    timer = threading.Timer(after, control.end, [RunCancelled("enough")]) if aim is Aim.CONTROL else None
    traced = _Traced()
    try:
        if timer is not None:
            timer.start()
        if aim is Aim.CANCEL:
            traced.result = anyio.run(_cancelled, command, job, after, backend=round_.event_loop)
        else:
            limit = after if aim is Aim.TIMEOUT else None
            traced.result = reverie.run(
                Torturer, command, config=job, event_loop=round_.event_loop, timeout=limit, control=control
            )
    except Exception as error:
        traced.error = error
    finally:
        if timer is not None:
            timer.cancel()
            timer.join()
    return traced


def _run_attached(command: Command, round_: Round, job: Job) -> _Traced:
    """Start the guest, put the tool on it after a while, and wait for its end, whether it is left before or not."""
    temper, control, traced = round_.temper, Control(), _Traced()
    traced.plan = _parent_of(round_.plan)
    timer = threading.Timer(temper.after / 1000, control.detach) if temper.leaves else None
    words = [command.args[0], str(traced.plan)]
    with subprocess.Popen(
        words, env=command.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True
    ) as guest:
        reader = _Reader(guest)
        pid = _only_child(guest)
        time.sleep(temper.delay_us / 1e6)  # it is to be anywhere in its plan
        try:
            if timer is not None:
                timer.start()
            traced.result = reverie.attach(Torturer, pid, config=job, event_loop=round_.event_loop, control=control)
        except BackendUnavailable as error:
            if "ended" not in str(error) and "no process" not in str(error):
                traced.error = error
        except Exception as error:
            traced.error = error
        finally:
            if timer is not None:
                timer.cancel()
                timer.join()
            traced.output = reader.finish()
    traced.status = _status(guest)
    return traced


def _parent_of(plan: Plan) -> Plan:
    """Return the plan of a process whose child does what the plan says.

    That child is what a tool is put on. The parent is another program than ours, because a tracer in its
    parent's program takes a child's status for good when it sees no exit stop of it: none is reported for a
    process that was seized when it was about to end (ptrace_attach, kernel/ptrace.c), or for a leader in
    exit(2) that exit_group ends (ptrace_stop, kernel/signal.c).
    """
    child = Step("fork", _PARENT_ID, (1, plan.status), plan.steps)
    return Plan((child, Step("exit", _PARENT_ID + 1, (0, 0, 0))), 0)


def _only_child(guest: subprocess.Popen[bytes]) -> int:
    """Return the child's id as soon as there is one, or the parent's own when that has ended."""
    children = Path(f"/proc/{guest.pid}/task/{guest.pid}/children")
    while guest.poll() is None:
        found = children.read_text().split()
        if found:
            return int(found[0])
    return guest.pid


class _Reader:
    """Takes what a guest writes, also when nobody waits for it yet."""

    def __init__(self, guest: subprocess.Popen[bytes]) -> None:
        self._guest = guest
        self._output = b""
        self._thread = threading.Thread(target=self._read, name="torture-reader", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._guest.stdout is not None
        self._output = self._guest.stdout.read()

    def finish(self) -> bytes:
        """Wait until the last process that could write is gone; return what was written."""
        self._thread.join()
        return self._output


def _status(guest: subprocess.Popen[bytes]) -> ExitStatus:
    code = guest.returncode
    return ExitStatus.exited(code) if code >= 0 else ExitStatus.killed(-code)


async def _cancelled(command: Command, job: Job, after: float) -> RunResult[Any] | None:
    result = None
    with anyio.move_on_after(after):
        result = await reverie.arun(Torturer, command, config=job)
    return result


def _complaints(round_: Round, job: Job, traced: _Traced) -> Iterator[str]:
    result, error = traced.result, traced.error
    if error is not None and not _is_expected(error, round_.temper, job):
        yield f"the run raised {type(error).__name__}: {error}"
        yield from (f"    {line}" for part in traceback.format_exception(error) for line in part.rstrip().splitlines())
    if traced.status is not None and traced.plan is not None:
        differences = [*_differences(traced.plan, traced.status, traced.output)]
        yield from differences
        if differences and result is not None:
            yield f"the tool was told that what it was put on {result.status}"
        yield from job.ledger.complaints(None if result is None else result.status)
        return
    if error is None and result is None and round_.temper.aim is not Aim.CANCEL:
        yield "the run returned nothing"
    if job.raised and error is None:
        yield "a handler raised, and the run did not"
    if result is not None and (job.kills or job.daemons):
        possible = {round_.plan.status, FAILED_CHECK << 8, 9}
        if result.status.raw & ~0x80 not in possible:
            yield f"the root, or what it waits for, was killed: it {result.status}, which cannot be"
    elif result is not None:
        yield from _differences(round_.plan, result.status, result.stdout or b"")
    yield from job.ledger.complaints(None if result is None else result.status)


def _is_expected(error: BaseException, temper: Temper, job: Job) -> bool:
    match temper.aim:
        case Aim.RAISE:
            return job.raised and isinstance(error, ToolError) and isinstance(error.__cause__, Boom)
        case Aim.TIMEOUT:
            return isinstance(error, RunTimeout)
        case Aim.CONTROL | Aim.CANCEL:
            return isinstance(error, RunCancelled)
        case _:
            return False


def _differences(plan: Plan, status: ExitStatus, output: bytes) -> Iterator[str]:
    if status.raw & ~0x80 != plan.status:
        yield f"the root {status}; it should have: {ExitStatus.from_raw(plan.status)}"
    lines = sorted(output.decode(errors="replace").splitlines())
    if lines != plan.output:
        for line in sorted(set(lines) - set(plan.output)):
            yield f"it wrote {line!r}"
        for line in sorted(set(plan.output) - set(lines)):
            yield f"it did not write {line!r}"
        if set(lines) == set(plan.output):
            yield f"it wrote some lines twice: {lines}"


def _left_over(before: Picture, program: Path, mark: str) -> Iterator[str]:
    yield from before.left_over()
    yield from (f"guest {pid} still runs" for pid in guests(program, mark))
    reap(before.children_left(Picture.take()))


__all__ = ["FAILED_CHECK", "Limits", "Outcome", "Round", "play"]
