"""`reverie TOOL -p PID`: traced while we run, left when we are told to go."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reverie_examples.running import LIMIT, reverie, start, the_one_line

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def loop() -> Iterator[subprocess.Popen[bytes]]:
    """Give a shell that starts a process again and again."""
    with subprocess.Popen(["sh", "-c", "while :; do /bin/true; done"]) as process:
        yield process
        assert process.poll() is None, "it did not live on"
        process.kill()


def wait_for_tracer(pid: int, running: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + LIMIT
    while "TracerPid:\t0\n" in Path(f"/proc/{pid}/status").read_text():
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)


def is_traced(pid: int) -> bool:
    return "TracerPid:\t0\n" not in Path(f"/proc/{pid}/status").read_text()


@pytest.mark.parametrize("signo", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_process_and_is_our_end(loop: subprocess.Popen[bytes], signo: signal.Signals) -> None:
    tracer = start("noop", "--subscribe", "syscalls", "-p", str(loop.pid))
    wait_for_tracer(loop.pid, tracer)
    tracer.send_signal(signo)
    assert tracer.communicate(timeout=LIMIT) == (b"", b"")
    assert tracer.returncode == -signo
    assert not is_traced(loop.pid)


def test_the_trace_of_a_running_process_is_printed(loop: subprocess.Popen[bytes], tmp_path: Path) -> None:
    output = tmp_path / "trace"
    tracer = start("strace", "-o", str(output), "-e", "trace=execve,wait4", "-p", str(loop.pid))
    deadline = time.monotonic() + LIMIT
    while not output.exists() or output.read_text().count("execve(") < 3:
        assert time.monotonic() < deadline
        assert tracer.poll() is None, tracer.communicate()
        time.sleep(0.01)
    tracer.send_signal(signal.SIGINT)
    tracer.communicate(timeout=LIMIT)
    text = output.read_text()
    assert f"{loop.pid:<5} wait4(-1, " in text
    assert 'execve("/bin/true", ["/bin/true"], ' in text
    assert f"{loop.pid:<5} <detached ...>\n" in text
    assert "resumed" not in text


def test_a_summary_is_printed_when_the_process_is_left(loop: subprocess.Popen[bytes]) -> None:
    tracer = start("strace", "-c", "-p", str(loop.pid))
    wait_for_tracer(loop.pid, tracer)
    time.sleep(0.3)
    tracer.send_signal(signal.SIGINT)
    _, table = tracer.communicate(timeout=LIMIT)
    assert b"% time" in table
    assert b" wait4\n" in table


def test_when_the_process_ends_so_do_we_with_success() -> None:
    with subprocess.Popen(["sh", "-c", "read line; exit 3"], stdin=subprocess.PIPE) as shell:
        tracer = start("counter1", "-p", str(shell.pid))
        wait_for_tracer(shell.pid, tracer)
        shell.communicate(b"\n")
        _, complaint = tracer.communicate(timeout=LIMIT)
    assert (shell.returncode, tracer.returncode) == (3, 0), complaint


def test_several_processes_are_named_as_pidof_names_them(loop: subprocess.Popen[bytes]) -> None:
    with subprocess.Popen(["sleep", "1000"]) as sleeper:
        tracer = start("noop", "-p", f"{loop.pid} {sleeper.pid}")
        wait_for_tracer(loop.pid, tracer)
        wait_for_tracer(sleeper.pid, tracer)
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=LIMIT)
        assert not is_traced(sleeper.pid)
        sleeper.kill()


@pytest.mark.parametrize(
    ("words", "status", "part"),
    [
        (["-p", "1,x"], 2, "'1,x' is no list of process ids"),
        (["-p", "-5"], 2, "'-5' is no list of process ids"),
        (["-p", ""], 2, "'' is no list of process ids"),
        (["-p", str(os.getpid()), "true"], 2, "-p PID and a COMMAND exclude each other"),
        ([], 2, "Missing argument 'COMMAND...'"),
        (["-p", "2147483646"], 125, "there is no process 2147483646"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(words: list[str], status: int, part: str) -> None:
    run = reverie("noop", *words)
    assert part in the_one_line(run)
    assert run.returncode == status
