"""What a test leaves behind is found, and what it cleaned up is not."""

import ctypes
import os
import signal
import subprocess
import threading
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

from tests.support.compile import CompileGuest
from tests.support.leftovers import Picture, reap

PTRACE_SEIZE, PTRACE_DETACH = 0x4206, 17


@pytest.fixture
def before() -> Picture:
    """Give a picture from before the test."""
    return Picture.take()


def test_nothing_is_found_when_nothing_was_done(before: Picture) -> None:
    assert before.left_over() == []


def test_a_running_child_is_found_and_reaped(before: Picture) -> None:
    process = subprocess.Popen(["sleep", "60"])
    [line] = before.left_over()
    assert line.startswith(f"child {process.pid} (sleep, ") or "(python" in line
    reap(before.children_left(Picture.take()))
    assert before.left_over() == []
    process.returncode = -signal.SIGKILL  # Popen would warn of a child that it did not reap


def test_a_zombie_is_found(before: Picture) -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    [line] = before.left_over()
    assert line.startswith(f"child {pid} (")
    assert "a zombie" in line
    os.waitpid(pid, 0)
    assert before.left_over() == []


def test_a_tracee_that_is_no_child_is_found(before: Picture) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    # The shell's background process is our grandchild.
    shell = subprocess.Popen(["sh", "-c", "sleep 60 >&2 & echo $!; wait"], stdout=subprocess.PIPE, text=True)
    assert shell.stdout is not None
    grandchild = int(shell.stdout.readline())
    seized = libc.ptrace(PTRACE_SEIZE, grandchild, None, None)
    try:
        assert seized == 0, os.strerror(ctypes.get_errno())
        lines = [line for line in before.left_over() if line.startswith("tracee ")]
        assert len(lines) == 1
        assert lines[0].startswith(f"tracee {grandchild} (")
    finally:
        os.kill(grandchild, signal.SIGKILL)
        os.waitpid(grandchild, 0x40000000)  # __WALL: it is our tracee
        shell.communicate()
    assert before.left_over() == []


def test_a_thread_that_runs_on_is_found(before: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.leftovers.JOIN_SECONDS", 0.01)
    end = threading.Event()
    thread = threading.Thread(target=end.wait, name="straggler", daemon=True)
    thread.start()
    assert before.left_over() == ["thread 'straggler' still runs"]
    end.set()
    thread.join()
    assert before.left_over() == []


def test_a_thread_that_is_ending_is_waited_for(before: Picture) -> None:
    end = threading.Event()
    threading.Thread(target=end.wait).start()
    end.set()
    assert before.left_over() == []


def test_an_open_descriptor_is_found_with_what_it_points_to(before: Picture) -> None:
    number = os.open("/dev/null", os.O_RDONLY)
    assert before.left_over() == [f"descriptor {number} is open: /dev/null"]
    os.close(number)
    assert before.left_over() == []


def test_a_number_that_was_closed_and_opened_as_another_is_found() -> None:
    number = os.open("/dev/null", os.O_RDONLY)
    before = Picture.take()
    os.close(number)
    assert os.open("/dev/zero", os.O_RDONLY) == number
    assert before.left_over() == [f"descriptor {number} is open: /dev/zero"]
    os.close(number)


@pytest.mark.parametrize("event_loop", ["asyncio", "trio"])
def test_an_event_loop_with_threads_and_processes_leaves_nothing(
    event_loop: str, before: Picture, guest: CompileGuest
) -> None:
    async def main() -> None:
        await anyio.to_thread.run_sync(int)
        await anyio.run_process([str(guest("exit42"))], check=False)

    anyio.run(main, backend=event_loop)
    assert before.left_over() == []


def test_a_test_that_leaves_something_fails(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    pytester.makeconftest("from tests.conftest import nothing_left_over")
    pytester.makepyfile("import os\ndef test_leaves():\n    os.open('/dev/null', 0)\n")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*left over by this test:*", "*is open: /dev/null*"])
