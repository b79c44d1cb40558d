"""The `reverie` command: its own options, where they end, and what it hands on."""

import os
import re
import signal
import sys
from importlib.metadata import entry_points, version

import pytest

from reverie import ReverieError
from reverie.cli import cli
from tests.reverie_examples.running import REVERIE, finish, lines_of, reverie, the_one_line

INSTALLED = sorted({point.name for point in entry_points(group="reverie.tools")})


def test_version() -> None:
    run = reverie("--version")
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout.decode().split()[0].rstrip(",") == "reverie"
    assert version("reverie") in run.stdout.decode()


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_has_its_examples_before_its_options(option: str) -> None:
    run = reverie(option)
    assert (run.returncode, run.stderr) == (0, b"")
    text = run.stdout.decode()
    assert text.startswith("Usage: reverie ")
    assert text.index("Examples:") < text.index("\nOptions:") < text.index("\nCommands:")
    assert "reverie strace ls -l" in text
    for name in INSTALLED:
        assert re.search(rf"^  {name} ", text, re.MULTILINE), name


@pytest.mark.parametrize("name", [*INSTALLED, "list", "doctor"])
def test_each_tool_has_help_in_two_spellings(name: str) -> None:
    run = reverie(name, "--help")
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout.startswith(f"Usage: reverie {name}".encode())
    assert reverie(name, "-h").stdout == run.stdout


def test_the_examples_of_the_help_work() -> None:
    lines = lines_of(reverie("--help").stdout)
    start = next(n for n, line in enumerate(lines) if "Examples:" in line)
    examples = [re.split(r" {2,}", line.strip())[0].split()[1:] for line in lines[start + 1 :]]
    examples = examples[: next(n for n, words in enumerate(examples) if not words)]
    assert len(examples) >= 3
    for words in examples:
        words = ["true" if word == "make" else word for word in words]  # a makefile is not at hand
        run = reverie(*words)
        assert run.returncode == 0, (words, run.stderr)


def test_no_words_at_all_is_wrong_usage_and_shows_the_help() -> None:
    run = reverie()
    assert (run.returncode, run.stdout) == (2, b"")
    assert b"Examples:" in run.stderr
    assert b"Traceback" not in run.stderr


def test_list_says_where_each_comes_from() -> None:
    run = reverie("list")
    assert (run.returncode, run.stderr) == (0, b"")
    lines = lines_of(run.stdout)
    for name in INSTALLED:
        [line] = [line for line in lines if line.split()[0] == name]
        assert re.fullmatch(r" +\S+ +[\w-]+ \d\S* +[\w.]+:\w+", line)
    assert lines.index("tools:") < lines.index("backends:")
    assert any(line.split()[:2] == ["ptrace", "reverie-ptrace"] for line in lines)


@pytest.mark.parametrize("tool", ["noop", "counter1", "counter2", "strace"])
def test_options_end_at_the_first_word_that_is_none(tool: str) -> None:
    run = reverie(tool, "echo", "--help", "-f", "--", "-o", "x")
    assert (run.returncode, run.stdout) == (0, b"--help -f -- -o x\n")


@pytest.mark.parametrize("tool", ["noop", "counter1", "counter2", "strace"])
def test_two_dashes_may_stand_before_the_command(tool: str) -> None:
    run = reverie(tool, "--", "echo", "--", "a")
    assert (run.returncode, run.stdout) == (0, b"-- a\n")


def test_our_own_options_end_at_the_tool() -> None:
    run = reverie("--backend", "ptrace", "--log-level", "error", "noop", "echo", "--backend", "other")
    assert run.stdout == b"--backend other\n"


def test_an_option_with_its_value_attached() -> None:
    assert reverie("--backend=ptrace", "-EA=b", "noop", "sh", "-c", "echo $A").stdout == b"b\n"


def test_a_variable_is_set_for_the_command() -> None:
    run = reverie(
        "-E",
        "FIRST=1",
        "--env",
        "SECOND=a=b c",
        "-E",
        "EMPTY=",
        "noop",
        "env",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
    )
    assert {"FIRST=1", "SECOND=a=b c", "EMPTY="} <= set(lines_of(run.stdout))


def test_a_variable_is_removed_for_the_command() -> None:
    environment = dict(os.environ, GONE="x", STAYS="y")
    lines = lines_of(reverie("-E", "GONE", "-E", "NEVER_WAS", "noop", "env", env=environment).stdout)
    assert "STAYS=y" in lines
    assert not any(line.startswith(("GONE", "NEVER_WAS")) for line in lines)


def test_the_last_edit_of_a_variable_counts() -> None:
    assert reverie("-E", "A=1", "-E", "A", "-E", "A=2", "noop", "sh", "-c", "echo $A").stdout == b"2\n"
    assert reverie("-E", "A=1", "-E", "A", "noop", "sh", "-c", "echo ${A-unset}").stdout == b"unset\n"


def test_an_edit_of_path_decides_where_the_command_is_looked_for(tmp_path: os.PathLike[str]) -> None:
    program = os.path.join(tmp_path, "only-here")
    os.symlink("/bin/echo", program)
    run = reverie("-E", f"PATH={tmp_path}", "noop", "only-here", "found")
    assert (run.returncode, run.stdout) == (0, b"found\n")


def test_an_edit_does_not_reach_our_own_process() -> None:
    """A variable for the guest, such as a wrong PYTHONHOME, must not hurt the tracer."""
    run = reverie("-E", "PYTHONHOME=/no/such", "-E", "PYTHONPATH=/no/such", "noop", "sh", "-c", "echo $PYTHONHOME")
    assert (run.returncode, run.stdout) == (0, b"/no/such\n")


def test_a_variable_that_is_no_utf8() -> None:
    assert reverie(b"-E", b"V=\xff\xfe", "noop", "printenv", "V").stdout == b"\xff\xfe\n"


@pytest.mark.parametrize("status", [0, 1, 2, 42, 125, 126, 127, 128, 255])
def test_the_status_is_the_commands(status: int) -> None:
    assert reverie("noop", "sh", "-c", f"exit {status}").returncode == status


@pytest.mark.parametrize(
    "signo", [s for s in signal.Signals if s not in (signal.SIGCHLD, signal.SIGURG, signal.SIGWINCH, signal.SIGCONT,
    signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)], ids=str
)  # fmt: skip
def test_the_command_and_we_die_of_the_same_signal(signo: signal.Signals) -> None:
    run = reverie(
        "noop",
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"import os, signal\nsignal.signal({signo}, 0) if {signo} not in (9,) else 0\nos.kill(os.getpid(), {signo})",
    )
    assert (run.returncode, run.stderr) == (-signo, b"")


def test_a_death_by_signal_looks_the_same_to_a_shell() -> None:
    script = '"$@"; echo $?'
    words = ["noop", "sh", "-c", "kill -TERM $$"]

    assert finish(["bash", "-c", script, "bash", REVERIE, *words]).stdout == b"143\n"


def test_we_leave_no_core_file_of_our_own(tmp_path: os.PathLike[str]) -> None:
    words = ["bash", "-c", 'ulimit -c unlimited; "$@"', "bash", "sh", "-c", "ulimit -c 0; kill -SEGV $$"]

    words[4:4] = [REVERIE, "noop"]
    finish(words, cwd=tmp_path)
    assert os.listdir(tmp_path) == []


def test_it_can_be_run_within_itself_without_a_word_of_the_inner_one_lost() -> None:
    """A nested run cannot trace what is traced: it says so, in one line, and does not hang."""

    run = reverie("noop", REVERIE, "noop", "echo", "a")
    if run.returncode == 0:
        assert run.stdout == b"a\n"
    else:
        assert run.returncode == 125
        the_one_line(run)


def test_the_log_goes_to_its_file(tmp_path: os.PathLike[str]) -> None:
    log = os.path.join(tmp_path, "log")
    run = reverie("--log-level", "debug", "--log-file", log, "noop", "/no/such/program")
    assert run.returncode == 127
    the_one_line(run)
    with open(log) as file:
        assert "Traceback" in file.read()


@pytest.mark.parametrize(("words", "colocate"), [([], True), (["--colocate"], True), (["--no-colocate"], False)])
def test_tracer_and_guest_share_a_cpu_unless_that_is_switched_off(
    words: list[str], colocate: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, object] = {}

    def run(tool: object, command: object, **options: object) -> None:
        given.update(options)
        raise ReverieError("seen enough")

    monkeypatch.setattr("reverie.cli_launch.run", run)
    with pytest.raises(ReverieError, match="seen enough"):
        cli.main([*words, "noop", "true"], standalone_mode=False)
    assert given["colocate"] is colocate
