"""How the first program is started: its surroundings, its standard streams, and what is told when it cannot be."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from reverie import Command, ExitStatus, Subscription, Tool
from reverie.process import DEVNULL, PIPE, STDOUT, SpawnError
from tests.contract.conftest import Trace


class Everything(Tool[Any, None]):
    """Wants every call and passes it."""


class Nothing(Tool[Any, None]):
    """Wants nothing."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.none()


BOTH = pytest.mark.parametrize("tool", [Everything, Nothing])


@BOTH
def test_a_command_that_does_not_exist_is_127(tool: type[Tool[Any, None]], trace: Trace, tmp_path: Path) -> None:
    for words in (["no-such-command-at-all"], [str(tmp_path / "missing")], ["./missing"]):
        with pytest.raises(SpawnError, match="command not found") as caught:
            trace(tool, words)
        assert caught.value.exit_status == 127
        assert words[0] in str(caught.value)


@BOTH
def test_a_directory_or_a_file_without_permission_is_126(
    tool: type[Tool[Any, None]], trace: Trace, tmp_path: Path
) -> None:
    file = tmp_path / "data"
    file.write_text("#!/bin/sh\n")
    for path in (tmp_path, file):
        with pytest.raises(SpawnError, match="cannot execute") as caught:
            trace(tool, [path])
        assert caught.value.exit_status == 126
        assert str(path) in str(caught.value)


@BOTH
def test_a_script_whose_interpreter_is_missing_is_126_and_names_it(
    tool: type[Tool[Any, None]], trace: Trace, tmp_path: Path
) -> None:
    script = tmp_path / "script"
    script.write_text("#!/no/such/interpreter -x\n")
    script.chmod(0o755)
    with pytest.raises(SpawnError, match="/no/such/interpreter") as caught:
        trace(tool, [script])
    assert caught.value.exit_status == 126


@BOTH
def test_a_file_that_is_no_program_is_126(tool: type[Tool[Any, None]], trace: Trace, tmp_path: Path) -> None:
    file = tmp_path / "text"
    file.write_text("just words\n")
    file.chmod(0o755)
    with pytest.raises(SpawnError, match="neither a program nor a script") as caught:
        trace(tool, [file])
    assert caught.value.exit_status == 126


def test_a_directory_that_does_not_exist_is_told_as_the_step_that_failed(trace: Trace, tmp_path: Path) -> None:
    with pytest.raises(SpawnError) as caught:
        trace(Nothing, Command(["true"], cwd=tmp_path / "missing"))
    assert "missing" in str(caught.value)


def test_a_script_with_an_interpreter_runs(trace: Trace, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\necho $1; exit 3\n")
    script.chmod(0o755)
    run = trace(Everything, Command([str(script), "word"], stdout=PIPE))
    assert (run.status, run.stdout) == (ExitStatus.exited(3), b"word\n")


@BOTH
def test_the_output_can_be_captured(tool: type[Tool[Any, None]], trace: Trace) -> None:
    run = trace(tool, Command(["sh", "-c", "echo out; echo err >&2"], stdout=PIPE, stderr=PIPE))
    assert (run.stdout, run.stderr) == (b"out\n", b"err\n")


def test_what_is_not_captured_is_none(trace: Trace) -> None:
    run = trace(Nothing, Command(["true"]))
    assert (run.stdout, run.stderr) == (None, None)
    run = trace(Nothing, Command(["sh", "-c", "echo out; echo err >&2"], stdout=PIPE, stderr=STDOUT))
    assert (run.stdout, run.stderr) == (b"out\nerr\n", None)
    run = trace(Nothing, Command(["echo", "lost"], stdout=DEVNULL, stderr=PIPE))
    assert (run.stdout, run.stderr) == (None, b"")


def test_more_output_than_a_pipe_holds_is_captured_whole(trace: Trace) -> None:
    run = trace(Nothing, Command(["head", "-c", "3000000", "/dev/zero"], stdout=PIPE))
    assert run.status == ExitStatus.exited(0)
    assert run.stdout == bytes(3_000_000)


def test_bytes_can_be_given_as_input(trace: Trace) -> None:
    data = bytes(range(256)) * 4000
    run = trace(Nothing, Command(["cat"], input=data, stdout=PIPE))
    assert run.stdout == data
    run = trace(Nothing, Command(["cat"], input=b"", stdout=PIPE))
    assert run.stdout == b""


def test_a_guest_that_does_not_want_its_input_ends_all_the_same(trace: Trace) -> None:
    run = trace(Nothing, Command(["true"], input=bytes(1_000_000)))
    assert run.status == ExitStatus.exited(0)


def test_output_of_an_orphan_is_captured_too(trace: Trace) -> None:
    run = trace(Nothing, Command(["sh", "-c", "(sleep 0.05; echo late) & echo early"], stdout=PIPE))
    assert run.stdout == b"early\nlate\n"


def test_streams_can_be_files(trace: Trace, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"words")
    with (tmp_path / "in").open("rb") as source, (tmp_path / "out").open("wb") as sink:
        assert trace(Nothing, Command(["cat"], stdin=source, stdout=sink)).status == ExitStatus.exited(0)
    assert (tmp_path / "out").read_bytes() == b"words"


def test_the_directory_can_be_chosen(trace: Trace, tmp_path: Path) -> None:
    run = trace(Nothing, Command(["pwd"], cwd=tmp_path, stdout=PIPE, env={"PATH": os.environ["PATH"]}))
    assert run.stdout == os.fsencode(os.path.realpath(tmp_path)) + b"\n"
    script = tmp_path / "here"
    script.write_text("#!/bin/sh\necho here\n")
    script.chmod(0o755)
    assert trace(Nothing, Command(["./here"], cwd=tmp_path, stdout=PIPE)).stdout == b"here\n"


def test_the_environment_is_exactly_the_one_that_was_given(trace: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INHERITED", "yes")
    run = trace(Nothing, Command(["/usr/bin/env"], env={"A": "1", "B": "x=y z"}, stdout=PIPE))
    assert run.stdout is not None
    assert sorted(run.stdout.splitlines()) == [b"A=1", b"B=x=y z"]
    run = trace(Nothing, Command(["/usr/bin/env"], stdout=PIPE))
    assert run.stdout is not None
    assert b"INHERITED=yes" in run.stdout.splitlines()


def test_the_program_is_looked_for_in_the_path_of_its_own_environment(trace: Trace, tmp_path: Path) -> None:
    script = tmp_path / "only-here"
    script.write_text("#!/bin/sh\necho found\n")
    script.chmod(0o755)
    run = trace(Nothing, Command(["only-here"], env={"PATH": f"/nowhere:{tmp_path}"}, stdout=PIPE))
    assert run.stdout == b"found\n"
    with pytest.raises(SpawnError):
        trace(Nothing, Command(["only-here"]))


def test_the_program_s_own_name_can_be_chosen(trace: Trace) -> None:
    run = trace(Nothing, Command(["sh", "-c", "echo $0"], argv0="-another", stdout=PIPE))
    assert run.stdout == b"-another\n"


def test_words_arrive_as_they_are(trace: Trace) -> None:
    words = ["", " ", "a b", "*", "$HOME", "ä", "\udcff", "\n"]
    run = trace(Nothing, Command(["printf", "%s|", *words], stdout=PIPE))
    assert run.stdout == b"".join(os.fsencode(word) + b"|" for word in words)


def test_only_descriptors_that_are_inheritable_are_inherited(trace: Trace) -> None:
    words = ["sh", "-c", "ls /proc/self/fd"]
    private = os.open(os.devnull, os.O_RDONLY)
    public = os.open(os.devnull, os.O_RDONLY)
    os.set_inheritable(public, True)
    try:
        run = trace(Everything, Command(words, stdout=PIPE))
        natively = subprocess.run(words, stdout=subprocess.PIPE, close_fds=False)
    finally:
        os.close(private)
        os.close(public)
    assert run.stdout == natively.stdout
    assert str(public).encode() in run.stdout.split()
    assert str(private).encode() not in run.stdout.split()


def test_the_guest_blocks_ignores_and_handles_the_signals_that_any_child_would(trace: Trace) -> None:
    words = ["sed", "-n", "s/^Sig\\(Blk\\|Ign\\|Cgt\\):\t//p", "/proc/self/status"]
    run = trace(Everything, Command(words, stdout=PIPE))
    assert run.stdout == subprocess.run(words, capture_output=True).stdout


def test_the_guest_s_limits_and_priority_are_the_starter_s(trace: Trace) -> None:
    words = ["sh", "-c", "ulimit -a; nice; umask; nproc"]
    run = trace(Everything, Command(words, stdout=PIPE))
    assert run.stdout == subprocess.run(words, capture_output=True).stdout


@pytest.mark.parametrize("args", [[], "ls -l", [b"ls"], ["a\0b"]])
def test_what_is_no_command_is_refused(args: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        Command(args)
