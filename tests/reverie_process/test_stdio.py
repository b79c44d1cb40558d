"""Where 0, 1 and 2 of a new program go."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reverie_process import DEVNULL, PIPE, STDOUT, Command, find_program, read_report, spawn
from reverie_process.plan import Redirect, SpawnPlan
from reverie_process.stdio import Stdio, open_stdio

SAY = ["sh", "-c", "echo out; echo err >&2"]


def run(command: Command) -> tuple[bytes, bytes]:
    """Run a command to its end and return what came out of its pipes."""
    stdio = open_stdio(command)
    try:
        spawned = spawn(SpawnPlan(stdio.redirects, find_program(command), command.args, command.environment))
        stdio.close_theirs()
        assert read_report(spawned) is None
        if stdio.stdin is not None:
            os.write(stdio.stdin, command.input or b"")
            os.close(stdio.stdin)
            stdio.stdin = None
        out, err = (drain(descriptor) for descriptor in (stdio.stdout, stdio.stderr))
        assert os.waitpid(spawned.pid, 0)[1] == 0
    finally:
        stdio.close_all()
    return out, err


def drain(descriptor: int | None) -> bytes:
    if descriptor is None:
        return b""
    with os.fdopen(os.dup(descriptor), "rb") as file:
        return file.read()


def test_nothing_is_redirected_unless_asked_for() -> None:
    assert open_stdio(Command(["ls"])) == Stdio()


def test_pipes_are_ours_at_the_other_end() -> None:
    assert run(Command(SAY, stdout=PIPE, stderr=PIPE)) == (b"out\n", b"err\n")


def test_stderr_can_go_where_stdout_goes() -> None:
    assert run(Command(SAY, stdout=PIPE, stderr=STDOUT)) == (b"out\nerr\n", b"")


def test_input_comes_from_a_pipe() -> None:
    assert run(Command(["cat"], input=b"hello", stdout=PIPE)) == (b"hello", b"")


def test_devnull_is_empty_and_swallows() -> None:
    assert run(Command(["sh", "-c", "cat; echo out; echo err >&2"], stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL)) == (
        b"out\n",
        b"",
    )


def test_a_file_and_a_descriptor_can_be_given(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("w") as err:
        run(Command(SAY, stdout=out.fileno(), stderr=err))
        assert not out.closed
    assert (tmp_path / "out").read_bytes() == b"out\n"
    assert (tmp_path / "err").read_bytes() == b"err\n"


def test_one_file_can_serve_both(tmp_path: Path) -> None:
    with (tmp_path / "both").open("wb") as file:
        run(Command(SAY, stdout=file, stderr=file))
    assert (tmp_path / "both").read_bytes() == b"out\nerr\n"


def test_only_the_ends_that_are_ours_stay_open_and_then_none() -> None:
    stdio = open_stdio(Command(["ls"], stdin=PIPE, stdout=PIPE, stderr=DEVNULL))
    theirs = list(stdio.theirs)
    assert len(theirs) == 3
    stdio.close_theirs()
    for descriptor in theirs:
        with pytest.raises(OSError):
            os.fstat(descriptor)
    assert stdio.stdin is not None and stdio.stdout is not None and stdio.stderr is None
    os.fstat(stdio.stdin)
    stdio.close_all()
    stdio.close_all()
    assert stdio == Stdio(redirects=stdio.redirects)


def test_a_file_that_is_closed_leaves_nothing_open(tmp_path: Path) -> None:
    with (tmp_path / "closed").open("wb") as file:
        pass
    before = set(os.listdir("/proc/self/fd"))
    with pytest.raises(ValueError):
        open_stdio(Command(["ls"], stdin=PIPE, stdout=PIPE, stderr=file))
    assert set(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize(
    ("command", "targets"),
    [
        (Command(["ls"], stdin=PIPE), [0]),
        (Command(["ls"], stdout=PIPE, stderr=STDOUT), [1, 2]),
        (Command(["ls"], stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL), [0, 1, 2]),
        (Command(["ls"], stderr=STDOUT), [2]),
    ],
)
def test_each_stream_has_its_redirect(command: Command, targets: list[int]) -> None:
    stdio = open_stdio(command)
    assert [redirect.target for redirect in stdio.redirects] == targets
    stdio.close_all()


def test_a_stream_that_stays_where_it_is_needs_no_copy() -> None:
    stdio = open_stdio(Command(["ls"], stdout=1, stderr=2))
    assert stdio == Stdio(redirects=[Redirect(1, 1), Redirect(2, 2)])


# In a process whose own 0, 1 and 2 are special

SWAPPED = """
import os, sys
from reverie_process import Command, find_program, read_report, spawn
from reverie_process.plan import SpawnPlan
from reverie_process.stdio import open_stdio

def start(**streams):
    command = Command(["sh", "-c", "echo out; echo err >&2"], **streams)
    stdio = open_stdio(command)
    spawned = spawn(SpawnPlan(stdio.redirects, find_program(command), command.args, command.environment))
    stdio.close_theirs()
    error = read_report(spawned)
    os.waitpid(spawned.pid, 0)
    stdio.close_all()
    return error
"""


def in_a_process(code: str, **streams: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-c", SWAPPED + code], capture_output=True, check=True)


def test_stdout_and_stderr_can_be_exchanged() -> None:
    result = in_a_process("assert start(stdout=2, stderr=1) is None")
    assert (result.stdout, result.stderr) == (b"err\n", b"out\n")


def test_all_three_can_go_round(tmp_path: Path) -> None:
    place = tmp_path / "file"
    code = f"""
os.dup2(os.open({str(place)!r}, os.O_RDWR | os.O_CREAT), 0)
assert start(stdin=1, stdout=2, stderr=0) is None
"""
    result = in_a_process(code)
    assert (result.stdout, result.stderr, place.read_bytes()) == (b"", b"out\n", b"err\n")


@pytest.mark.parametrize(
    "closed", [(0,), (1,), (2,), (0, 1), (1, 2), (0, 2), (0, 1, 2)], ids=lambda closed: "".join(map(str, closed))
)
def test_a_starter_without_streams_of_its_own_starts_programs_all_the_same(
    closed: tuple[int, ...], tmp_path: Path
) -> None:
    """Pipes and files then get the numbers 0, 1 and 2 themselves."""
    code = f"""
out, err = ({str(tmp_path)!r} + name for name in ("/out", "/err"))
for descriptor in {closed}:
    os.close(descriptor)
with open(out, "wb") as out, open(err, "wb") as err:
    assert start(stdin=-3, stdout=out, stderr=err) is None
"""
    in_a_process(code)
    assert (tmp_path / "out").read_bytes() == b"out\n"
    assert (tmp_path / "err").read_bytes() == b"err\n"


def test_a_file_with_a_streams_number_is_kept_apart_from_the_streams_that_are_free(tmp_path: Path) -> None:
    code = f"""
import fcntl
for descriptor in range(3):
    os.close(descriptor)
err = os.open({str(tmp_path / "err")!r}, os.O_WRONLY | os.O_CREAT)
assert err == 0
low = os.open({str(tmp_path / "out")!r}, os.O_WRONLY | os.O_CREAT)
out = fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, 3)
os.close(low)
assert start(stdout=out, stderr=err) is None
"""
    in_a_process(code)
    assert (tmp_path / "out").read_bytes() == b"out\n"
    assert (tmp_path / "err").read_bytes() == b"err\n"


def test_a_starter_without_streams_still_hears_that_the_program_could_not_start(tmp_path: Path) -> None:
    code = f"""
for descriptor in range(3):
    os.close(descriptor)
command = Command(["x"], stderr=-3)  # leaves 1 and 2 to the pipe for the report
stdio = open_stdio(command)
spawned = spawn(SpawnPlan(stdio.redirects, "/no/such/program", ["x"], {{}}))
stdio.close_all()
error = read_report(spawned)
os.waitpid(spawned.pid, 0)
with open({str(tmp_path / "report")!r}, "w") as file:
    file.write(str(error))
"""
    in_a_process(code)
    assert (tmp_path / "report").read_text().startswith("cannot execute /no/such/program")
