"""How a process ended, as a value; and ending ourselves the same way."""

import os
import signal
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reverie_process import ExitStatus

statuses = st.one_of(
    st.integers(0, 255).map(ExitStatus.exited),
    st.builds(lambda signo, core: ExitStatus.killed(signo, core_dumped=core), st.integers(1, 64), st.booleans()),
)


@given(statuses)
def test_a_wait_status_is_read_back(status: ExitStatus) -> None:
    assert ExitStatus.from_raw(status.raw) == status


@given(statuses)
def test_the_wait_status_is_the_one_that_the_os_module_reads(status: ExitStatus) -> None:
    if status.signal is None:
        assert os.WIFEXITED(status.raw)
        assert os.WEXITSTATUS(status.raw) == status.code
    else:
        assert os.WIFSIGNALED(status.raw)
        assert os.WTERMSIG(status.raw) == status.signal
        assert os.WCOREDUMP(status.raw) == status.core_dumped


@given(statuses)
def test_only_exit_0_is_success(status: ExitStatus) -> None:
    assert status.success == (status == ExitStatus.exited(0))


@pytest.mark.parametrize(("given_code", "seen"), [(0, 0), (255, 255), (256, 0), (-1, 255), (4711, 103)])
def test_a_code_has_eight_bits_as_waitpid_gives_it(given_code: int, seen: int) -> None:
    assert ExitStatus.exited(given_code).code == seen


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (ExitStatus.exited(42), "exited with 42"),
        (ExitStatus.killed(signal.SIGSEGV, core_dumped=True), "killed by SIGSEGV (core dumped)"),
        (ExitStatus.killed(9), "killed by SIGKILL"),
        (ExitStatus.killed(50), "killed by signal 50"),
    ],
)
def test_it_reads_as_a_sentence(status: ExitStatus, text: str) -> None:
    assert str(status) == text


def test_it_is_a_value() -> None:
    assert len({ExitStatus.killed(signal.SIGTERM), ExitStatus.killed(15), ExitStatus.exited(15)}) == 2


# Ending ourselves


def end_as(status: ExitStatus, before: str = "") -> subprocess.CompletedProcess[bytes]:
    code = f"import signal, sys\nfrom reverie_process import ExitStatus\n{before}\n"
    code += f"sys.stdout.write('said')\nExitStatus.from_raw({status.raw}).raise_or_exit()\nprint('unreachable')\n"
    return subprocess.run([sys.executable, "-c", code], capture_output=True)


@pytest.mark.parametrize("code", [0, 1, 42, 255])
def test_we_exit_with_the_code(code: int) -> None:
    result = end_as(ExitStatus.exited(code))
    assert (result.returncode, result.stdout, result.stderr) == (code, b"said", b"")


@pytest.mark.parametrize("signo", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT, signal.SIGPIPE, signal.SIGRTMIN])
def test_we_die_of_the_signal_and_what_was_said_is_out(signo: int) -> None:
    result = end_as(ExitStatus.killed(signo))
    assert (result.returncode, result.stdout, result.stderr) == (-signo, b"said", b"")


@pytest.mark.parametrize(
    "before",
    [
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        "signal.signal(signal.SIGTERM, lambda *_: print('handled'))",
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])",
    ],
    ids=["ignored", "handled", "blocked"],
)
def test_we_die_of_it_whatever_we_had_done_with_the_signal(before: str) -> None:
    result = end_as(ExitStatus.killed(signal.SIGTERM), before)
    assert (result.returncode, result.stdout) == (-signal.SIGTERM, b"said")


def test_no_second_core_is_written() -> None:
    code = """
import resource
from reverie_process import ExitStatus
_, hard = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
ExitStatus.killed(11, core_dumped=True).raise_or_exit()
"""
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", code], os.environ)
    _, raw = os.waitpid(pid, 0)
    assert ExitStatus.from_raw(raw) == ExitStatus.killed(signal.SIGSEGV, core_dumped=False)


def test_a_signal_that_does_not_kill_by_default_still_ends_us() -> None:
    assert end_as(ExitStatus.killed(signal.SIGCHLD)).returncode == 128 + signal.SIGCHLD
