"""The front: run() from ordinary code and arun() from a loop, over a backend that starts nothing."""

import threading
from collections.abc import Callable
from typing import Any

import anyio
import pytest

import reverie
from reverie import (
    BackendUnavailable,
    Command,
    ExitStatus,
    GlobalTool,
    NoGlobal,
    ReverieError,
    RunCancelled,
    RunTimeout,
    Tool,
    ToolError,
)
from reverie.backend import Control, RunOptions, RunResult
from reverie.testing import Recorder


class Settings:
    def __init__(self, word: str = "default") -> None:
        self.word = word


class Totals(GlobalTool[Settings]):
    pass


class Chosen(Tool[Totals, None]):
    pass


class Recorded:
    """A backend that keeps what it was given and does what the test says."""

    name = "recorded"

    def __init__(self) -> None:
        self.recorder = Recorder()
        self.threads: list[threading.Thread] = []
        self.given: list[tuple[Any, Command, Any, RunOptions]] = []
        self.body: Callable[[Control], ExitStatus] = lambda control: ExitStatus.exited(3)

    def unavailable(self) -> str | None:
        return None

    def run(
        self, tool: type[Tool[Any, Any]], command: Command, config: Any, options: RunOptions, control: Control
    ) -> RunResult[Any]:
        self.threads.append(threading.current_thread())
        self.given.append((tool, command, config, options))
        status = self.body(control)
        self.recorder.note("run ended")
        return RunResult(status, NoGlobal(None), stdout=b"out")

    def until_ended(self, control: Control) -> ExitStatus:
        """Run until somebody ends it, then raise the reason, as a backend must."""
        reasons: list[ReverieError] = []
        ended = threading.Event()

        def end(reason: ReverieError) -> None:
            reasons.append(reason)
            ended.set()

        control.connect(end, lambda signo: self.recorder.note(f"signal {signo}"))
        self.recorder.note("running")
        ended.wait()
        control.disconnect()
        self.recorder.note("run ended")
        raise reasons[0]


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    backend = Recorded()
    monkeypatch.setattr("reverie.backend.registry.load", lambda group, name: lambda: backend)
    return backend


def test_the_result_is_the_backends(recorded: Recorded) -> None:
    result = reverie.run(Chosen, ["prog", "-x"])
    assert (result.status, result.stdout, result.stderr) == (ExitStatus.exited(3), b"out", None)


def test_a_list_of_words_becomes_a_command(recorded: Recorded) -> None:
    reverie.run(Chosen, ["prog", "-x"])
    [(tool, command, _, options)] = recorded.given
    assert (tool, command) == (Chosen, Command(["prog", "-x"]))
    assert options == RunOptions("asyncio", None)


def test_a_command_and_the_options_are_passed_on(recorded: Recorded) -> None:
    command = Command(["prog"], cwd="/")
    reverie.run(Chosen, command, config=Settings("mine"), timeout=5, event_loop="trio")
    [(_, given, config, options)] = recorded.given
    assert given is command
    assert config.word == "mine"
    assert options == RunOptions("trio", 5)


def test_the_configuration_is_made_from_the_type_that_the_global_state_names(recorded: Recorded) -> None:
    reverie.run(Chosen, ["prog"])
    assert recorded.given[0][2].word == "default"


def test_a_tool_without_a_configuration_gets_none(recorded: Recorded) -> None:
    class Plain(Tool[NoGlobal, None]):
        pass

    reverie.run(Plain, ["prog"])
    assert recorded.given[0][2] is None


@pytest.mark.parametrize("wrong", ["ls -l", [], [b"ls"], ["ls\0"]])
def test_what_is_no_command_is_refused_before_anything_starts(recorded: Recorded, wrong: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        reverie.run(Chosen, wrong)
    assert recorded.given == []


def test_a_run_has_a_thread_of_its_own(recorded: Recorded) -> None:
    reverie.run(Chosen, ["prog"])
    [thread] = recorded.threads
    assert thread is not threading.current_thread()
    assert not thread.is_alive()


def test_a_run_may_be_started_from_another_thread(recorded: Recorded) -> None:
    results: list[RunResult[Totals]] = []
    thread = threading.Thread(target=lambda: results.append(reverie.run(Chosen, ["prog"])))
    thread.start()
    thread.join()
    assert results[0].status == ExitStatus.exited(3)


@pytest.mark.parametrize("error", [ToolError("broken"), RunTimeout("late"), OSError(2, "x"), SystemExit(4)])
def test_what_the_backend_raises_is_raised(recorded: Recorded, error: BaseException) -> None:
    def body(control: Control) -> ExitStatus:
        raise error

    recorded.body = body
    with pytest.raises(type(error)) as caught:
        reverie.run(Chosen, ["prog"])
    assert caught.value is error


def test_ctrl_c_in_the_callers_program_ends_the_run_first(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded.body = recorded.until_ended
    waited = threading.Event.wait

    def interrupted(event: threading.Event, timeout: float | None = None) -> bool:
        # What the caller waits for; the second time it is meant to wait in peace.
        if threading.current_thread() is threading.main_thread() and not recorded.recorder.log.count("interrupted"):
            recorded.recorder.note("interrupted")
            raise KeyboardInterrupt
        return waited(event, timeout)

    control = Control()
    thread_started = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        with monkeypatch.context() as usual:
            usual.setattr(threading.Event, "wait", waited)
            thread_started(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    monkeypatch.setattr(threading.Event, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        reverie.run(Chosen, ["prog"], control=control)
    recorded.recorder.happened("run ended", times=1).after("interrupted")
    assert not recorded.threads[0].is_alive()


def test_a_control_ends_a_run_from_another_thread(recorded: Recorded) -> None:
    recorded.body = recorded.until_ended
    control = Control()
    reason = RunCancelled("enough")
    threading.Thread(target=control.end, args=(reason,)).start()
    with pytest.raises(RunCancelled, match="enough") as caught:
        reverie.run(Chosen, ["prog"], control=control)
    assert caught.value is reason


def test_a_backend_that_is_not_installed_is_answered_with_the_nearest() -> None:
    with pytest.raises(BackendUnavailable, match=r"there is no backend 'ptrcae': did you mean ptrace\?"):
        reverie.run(Chosen, ["prog"], backend="ptrcae")


def test_without_any_backend_the_answer_is_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reverie.backend.registry.load", lambda group, name: None)
    monkeypatch.setattr("reverie.backend.registry.installed", dict)
    with pytest.raises(BackendUnavailable, match="pip install reverie-ptrace"):
        reverie.run(Chosen, ["prog"])


# Control


def test_the_first_reason_counts() -> None:
    control, reasons = Control(), list[ReverieError]()
    first = RunCancelled("first")
    control.end(first)
    control.end(RunCancelled("second"))
    control.connect(reasons.append, lambda signo: None)
    assert reasons == [first]
    control.end(RunCancelled("third"))
    assert reasons == [first, first]


def test_a_signal_is_sent_only_while_there_is_a_guest() -> None:
    control, sent = Control(), list[int]()
    control.send_signal(1)
    control.connect(lambda reason: None, sent.append)
    control.send_signal(2)
    control.disconnect()
    control.send_signal(3)
    control.end(RunCancelled("too late"))
    assert sent == [2]


def test_a_signal_handler_may_use_it_while_it_is_in_use() -> None:
    control, sent = Control(), list[int]()

    def send(signo: int) -> None:
        sent.append(signo)
        if signo == 1:
            control.send_signal(2)  # as a handler that runs in the middle of the first would

    control.connect(lambda reason: None, send)
    control.send_signal(1)
    assert sent == [1, 2]


# From inside a loop


@pytest.mark.anyio
async def test_from_a_loop_the_result_is_the_same(recorded: Recorded, anyio_backend_name: str) -> None:
    result = await reverie.arun(Chosen, ["prog"], timeout=7)
    assert result.status == ExitStatus.exited(3)
    assert recorded.given[0][3] == RunOptions(anyio_backend_name, 7)  # type: ignore[arg-type]  # a loop's name
    assert recorded.threads[0] is not threading.current_thread()


@pytest.mark.anyio
async def test_the_loop_goes_on_while_a_run_lasts(recorded: Recorded) -> None:
    gate = threading.Event()

    def body(control: Control) -> ExitStatus:
        gate.wait()
        return ExitStatus.exited(0)

    recorded.body = body

    async def open_gate() -> None:
        recorded.recorder.note("loop runs")
        gate.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(open_gate)
        await reverie.arun(Chosen, ["prog"])
    recorded.recorder.happened("loop runs").before("run ended")


@pytest.mark.anyio
async def test_several_runs_last_at_once(recorded: Recorded) -> None:
    together = threading.Barrier(3)

    def body(control: Control) -> ExitStatus:
        together.wait()
        return ExitStatus.exited(0)

    recorded.body = body
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(reverie.arun, Chosen, ["prog"])
    assert len(set(recorded.threads)) == 3


@pytest.mark.anyio
async def test_cancelling_ends_the_run_and_returns_when_nothing_is_left(recorded: Recorded) -> None:
    recorded.body = recorded.until_ended
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as tasks:

            async def cancel() -> None:
                recorded.recorder.note("cancelled")
                scope.cancel()

            tasks.start_soon(cancel)
            await reverie.arun(Chosen, ["prog"])
    assert scope.cancelled_caught
    recorded.recorder.note("caller goes on")
    recorded.recorder.happened("run ended", times=1).after("cancelled").before("caller goes on")


@pytest.mark.anyio
async def test_what_the_backend_raises_reaches_the_loop_unwrapped(recorded: Recorded) -> None:
    error = ToolError("broken")

    def body(control: Control) -> ExitStatus:
        raise error

    recorded.body = body
    with pytest.raises(ToolError) as caught:
        await reverie.arun(Chosen, ["prog"])
    assert caught.value is error
