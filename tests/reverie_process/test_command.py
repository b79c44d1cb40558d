"""What a command may be, and where its program is found."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reverie_process import DEVNULL, PIPE, STDOUT, Command, SpawnError, find_program


def program(path: Path, mode: int = 0o755) -> Path:
    """Make a script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(mode)
    return path


def find(name: str, path: str | None = None, cwd: str | os.PathLike[str] | None = None) -> str:
    return find_program(Command([name], env=None if path is None else {"PATH": path}, cwd=cwd))


# The value


def test_the_special_streams_are_those_of_subprocess() -> None:
    assert (PIPE, STDOUT, DEVNULL) == (subprocess.PIPE, subprocess.STDOUT, subprocess.DEVNULL)


@pytest.mark.parametrize("args", ["ls -l", b"ls", [], ()])
def test_a_command_is_a_list_of_words(args: Any) -> None:
    with pytest.raises(ValueError, match=r"write it as \['ls', '-l'\]"):
        Command(args)


@pytest.mark.parametrize("word", [b"ls", 5, None, Path("/bin/ls")])
def test_every_word_is_a_string(word: Any) -> None:
    with pytest.raises(TypeError, match="every word of a command is a str"):
        Command(["ls", word])


@pytest.mark.parametrize(
    "options",
    [
        {"args": ["ls", "a\0b"]},
        {"args": ["ls"], "argv0": "l\0s"},
        {"args": ["ls"], "env": {"A": "b\0"}},
        {"args": ["ls"], "env": {"A\0": "b"}},
        {"args": ["ls"], "env": {"A=B": "c"}},
        {"args": ["ls"], "env": {"": "c"}},
    ],
)
def test_what_no_exec_can_take_is_refused_at_once(options: Any) -> None:
    with pytest.raises(ValueError):
        Command(**options)


def test_the_environment_is_the_starters_unless_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVERIE_TEST", "here")
    assert Command(["ls"]).environment["REVERIE_TEST"] == "here"
    assert Command(["ls"], env={"A": "b"}).environment == {"A": "b"}
    assert Command(["ls"], env={}).environment == {}


def test_the_environment_is_a_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"A": "b"}
    Command(["ls"], env=given).environment["A"] = "changed"
    assert given == {"A": "b"}


def test_input_is_not_shown_because_it_may_be_long() -> None:
    assert "secret" not in repr(Command(["cat"], input=b"secret"))


# The search


def test_a_name_is_looked_for_in_each_directory_of_path(tmp_path: Path) -> None:
    second = program(tmp_path / "b" / "prog")
    path = f"{tmp_path}/a:{tmp_path}/b"
    assert find("prog", path) == str(second)
    first = program(tmp_path / "a" / "prog")
    assert find("prog", path) == str(first)


def test_the_path_that_counts_is_the_commands_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "ours" / "prog")
    theirs = program(tmp_path / "theirs" / "prog")
    monkeypatch.setenv("PATH", str(tmp_path / "ours"))
    assert find("prog", str(tmp_path / "theirs")) == str(theirs)
    assert find("prog") == str(tmp_path / "ours" / "prog")


def test_without_a_path_the_usual_directories_are_searched() -> None:
    assert find_program(Command(["sh"], env={})) in ("/usr/bin/sh", "/bin/sh")


def test_what_cannot_be_executed_is_passed_over(tmp_path: Path) -> None:
    program(tmp_path / "a" / "prog", mode=0o644)
    (tmp_path / "b" / "prog").mkdir(parents=True)
    right = program(tmp_path / "c" / "prog")
    assert find("prog", f"{tmp_path}/a:{tmp_path}/b:{tmp_path}/c") == str(right)


def test_a_name_that_is_nowhere_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(SpawnError) as caught:
        find("prog", str(tmp_path))
    error = caught.value
    assert str(error).startswith("command not found: prog: no directory in PATH has it")
    assert (error.errno, error.exit_status, error.step) == (errno.ENOENT, 127, "find program")


def test_a_name_that_is_only_a_directory_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "prog").mkdir()
    with pytest.raises(SpawnError) as caught:
        find("prog", str(tmp_path))
    assert caught.value.exit_status == 127


def test_a_name_that_is_found_but_not_executable_says_that(tmp_path: Path) -> None:
    path = program(tmp_path / "prog", mode=0o644)
    with pytest.raises(SpawnError) as caught:
        find("prog", str(tmp_path))
    assert str(caught.value) == f"cannot execute {path}: it lacks execute permission (chmod +x sets it)"
    assert (caught.value.errno, caught.value.exit_status) == (errno.EACCES, 126)


def test_an_empty_name_is_not_found() -> None:
    with pytest.raises(SpawnError) as caught:
        find("")
    assert caught.value.exit_status == 127


def test_an_absolute_path_is_kept_as_it_is(tmp_path: Path) -> None:
    path = program(tmp_path / "prog")
    (tmp_path / "link").symlink_to("prog")
    assert find(str(path)) == str(path)
    assert find(str(tmp_path / "link")) == str(tmp_path / "link")


@pytest.mark.parametrize(
    ("make", "exit_status", "why"),
    [
        (lambda path: None, 127, "there is no such file"),
        (lambda path: path.mkdir(), 126, "it is a directory"),
        (lambda path: os.mkfifo(path), 126, "it is not a regular file"),
        (lambda path: program(path, 0o600), 126, "execute permission"),
        (lambda path: path.symlink_to("nowhere"), 127, "there is no such file"),
    ],
    ids=["missing", "directory", "fifo", "mode", "dangling"],
)
def test_a_path_that_is_no_program_says_what_it_is(tmp_path: Path, make: Any, exit_status: int, why: str) -> None:
    make(tmp_path / "prog")
    with pytest.raises(SpawnError, match=why) as caught:
        find(str(tmp_path / "prog"))
    assert caught.value.exit_status == exit_status


def test_a_relative_path_starts_at_the_commands_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "here" / "prog")
    right = program(tmp_path / "there" / "prog")
    monkeypatch.chdir(tmp_path / "here")
    assert os.path.samefile(find("./prog", cwd=tmp_path / "there"), right)
    assert find("./prog") == "./prog"


def from_directory(path: str, cwd: Path) -> Path:
    """Return what a path means to a process whose directory is cwd."""
    return cwd / path


@pytest.mark.parametrize(("name", "path"), [("./prog", None), ("prog", "."), ("prog", ""), ("sub/../prog", None)])
def test_what_is_found_is_right_after_the_change_to_a_relative_directory(
    name: str, path: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = program(tmp_path / "there" / "prog")
    (tmp_path / "there" / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    found = find(name, path, cwd="there")
    assert os.path.samefile(from_directory(found, tmp_path / "there"), right)


def test_dots_behind_a_symbolic_link_mean_what_the_kernel_takes_them_for(tmp_path: Path) -> None:
    right = program(tmp_path / "real" / "prog")
    program(tmp_path / "prog")
    (tmp_path / "real" / "sub").mkdir()
    (tmp_path / "link").symlink_to("real/sub")
    assert os.path.samefile(find("../prog", cwd=tmp_path / "link"), right)


def test_a_directory_that_may_not_be_searched_says_so(tmp_path: Path) -> None:
    path = program(tmp_path / "closed" / "prog")
    code = f"""
import os
from reverie_process import Command, SpawnError, find_program
if os.geteuid() == 0:
    os.setresuid(65534, 65534, 65534)  # root may search every directory
try:
    find_program(Command([{str(path)!r}]))
except SpawnError as error:
    print(error.exit_status, error)
"""
    path.parent.chmod(0)
    try:
        result = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    finally:
        path.parent.chmod(0o700)
    assert result.stdout == f"126 cannot execute {path}: a directory on the way may not be searched\n"
