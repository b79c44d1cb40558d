"""`reverie strace` as its users know it from strace: options, lines, table, JSON."""

import json
import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.reverie_examples.running import Finished, finish, lines_of, reverie, the_one_line

PYTHON = sys.executable


def strace(*words: str | bytes, **options: Any) -> Finished:
    """Run `reverie strace`."""
    return reverie("strace", *words, **options)


def trace_of(*words: str | bytes, status: int = 0) -> list[str]:
    """Return the lines that it wrote to stderr."""
    run = strace(*words)
    assert run.returncode == status, run.stderr
    return lines_of(run.stderr)


def names_in(lines: list[str]) -> set[str]:
    """Return the calls that have lines."""
    return {match[1] for line in lines if (match := re.match(r"(?:\[pid +\d+\] )?(\w+)\(", line))}


def json_of(*words: str, status: int = 0) -> list[dict[str, Any]]:
    """Return the objects that --json wrote."""
    return [json.loads(line) for line in trace_of("--json", *words, status=status)]


# Which calls


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="it looks for the numbers of x86-64 in /proc")
def test_the_rest_of_an_interrupted_call_is_shown_as_strace_shows_it() -> None:
    # proc(5), /proc/pid/syscall: 230 is clock_nanosleep, 219 restart_syscall.
    program = (
        "sleep 1000 & until grep -q '^230 ' /proc/$!/syscall; do :; done; kill -WINCH $!;"
        " until grep -q '^219 ' /proc/$!/syscall; do :; done; kill $!; wait $!; exit 0"
    )
    lines = trace_of("-e", "trace=clock_nanosleep,restart_syscall", "sh", "-c", program)
    begun = next(index for index, line in enumerate(lines) if "ERESTART_RESTARTBLOCK" in line)
    assert "clock_nanosleep(" in lines[begun]
    assert any("restart_syscall(<... resuming interrupted clock_nanosleep ...>)" in line for line in lines[begun:])


def test_names_select() -> None:
    assert names_in(trace_of("-e", "trace=openat,close", "cat", "/dev/null")) == {"openat", "close"}


@pytest.mark.parametrize(
    "words", [("-e", "write"), ("-ewrite",), ("-e", "t=write"), ("--trace=write",), ("--trace", "write")]
)
def test_spellings_of_the_same_set(words: tuple[str, ...]) -> None:
    assert trace_of(*words, "sh", "-c", "echo a") == [
        'write(1, "a\\n", 2)                      = 2',
        "+++ exited with 0 +++",
    ]


def test_a_negation_selects_the_rest() -> None:
    everything = names_in(trace_of("cat", "/dev/null"))
    assert names_in(trace_of("-e", "trace=!openat,close", "cat", "/dev/null")) == everything - {"openat", "close"}


def test_a_family_selects_its_members() -> None:
    lines = trace_of("-e", "trace=%file", "cat", "/dev/null")
    assert any('openat(AT_FDCWD, "/dev/null", O_RDONLY)' in line for line in lines)
    assert not names_in(lines) & {"close", "mmap", "brk"}


def test_a_regular_expression_selects_what_it_matches() -> None:
    assert names_in(trace_of("-e", "trace=/^exit", "true")) == {"exit_group"}


def test_none_leaves_signals_and_exits() -> None:
    assert trace_of("-e", "trace=none", "sh", "-c", "exit 3", status=3) == ["+++ exited with 3 +++"]


def test_all_is_everything() -> None:
    assert (
        names_in(trace_of("-e", "trace=all", "true")) == names_in(trace_of("true")) >= {"execve", "mmap", "exit_group"}
    )


def test_an_unknown_call_is_refused_before_anything_runs_with_its_neighbours(tmp_path: Path) -> None:
    run = strace("-e", "trace=read,opnat", "touch", str(tmp_path / "made"))
    assert run.returncode == 2
    assert "'opnat'" in (line := the_one_line(run))
    assert "openat" in line
    assert not (tmp_path / "made").exists()


def test_an_unknown_call_with_a_question_mark_is_tolerated() -> None:
    assert names_in(trace_of("-e", "trace=?nosuchcall,exit_group", "true")) == {"exit_group"}


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("trace=%netwrk", "netwrk"),
        ("trace=/[", "'['"),
        ("signal=SIGFOO", "'SIGFOO'"),
        ("inject=read:error=EIO", "inject"),
        ("fault=read", "fault"),
        ("nosuch=1", "nosuch"),
    ],
)
def test_an_expression_that_cannot_be_obeyed_is_refused_by_name(expression: str, named: str) -> None:
    run = strace("-e", expression, "true")
    assert run.returncode == 2
    assert named in the_one_line(run)


def test_a_call_that_no_tool_is_told_is_not_silently_left_out() -> None:
    """api.md: what is not supported is refused by name, never ignored. A sigreturn has no lines here."""
    run = strace("-e", "trace=rt_sigreturn", "sh", "-c", "trap : USR1; kill -USR1 $$")
    assert "rt_sigreturn(" in run.stderr.decode() or (run.returncode == 2 and "rt_sigreturn" in the_one_line(run))


# The grammar of options


def test_options_end_at_the_command() -> None:
    run = strace("-f", "-o", "/dev/null", "ls", "-l", "-o", "/dev/null")
    alone = finish(["ls", "-l", "-o", "/dev/null"])
    assert (run.returncode, run.stdout) == (0, alone.stdout)


def test_two_dashes_end_the_options() -> None:
    assert strace("-o", "/dev/null", "--", "echo", "--", "-f").stdout == b"-- -f\n"


def test_clustered_letters() -> None:
    [first, *_] = trace_of("-fttTs", "64", "-e", "trace=write", "echo", "x" * 100)
    assert re.fullmatch(r'\d\d:\d\d:\d\d\.\d{6} write\(1, "x{64}"\.\.\., 101\) += 101 <\d+\.\d{6}>', first)


def test_clustered_letters_with_the_value_attached() -> None:
    [first, *_] = trace_of("-fs5", "-ewrite", "echo", "x" * 100)
    assert first.startswith('write(1, "xxxxx"..., 101)')


def test_following_is_accepted_and_changes_nothing() -> None:
    words = ["-e", "trace=write", "sh", "-c", "(echo a); echo b"]
    assert _without_pids(trace_of("-f", *words)) == _without_pids(trace_of("--follow-forks", *words))
    assert _without_pids(trace_of("-f", *words)) == _without_pids(trace_of(*words))


def _without_pids(lines: list[str]) -> list[str]:
    return [re.sub(r"\d{2,}", "N", re.sub(r"^\[pid +\d+\] ", "", line)) for line in lines]


@pytest.mark.parametrize(
    "word", ["-y", "-p1", "-ff", "-k", "-Z", "--nosuch", "-o|cat", "-s-1", "-sx", "-w", "-C", "-i"]
)
def test_what_is_not_supported_is_refused_by_name_in_one_line(word: str) -> None:
    run = strace(word, "true")
    if run.returncode == 0:
        return  # it is supported by now
    assert run.returncode == 2
    name = word[:2] if not word.startswith("--") else word
    assert name in the_one_line(run)


def test_no_command_is_wrong_usage() -> None:
    run = strace("-f")
    assert run.returncode == 2
    assert "COMMAND" in the_one_line(run)


# The output


def test_the_trace_goes_to_stderr_and_the_streams_are_the_commands() -> None:
    run = strace("-e", "trace=none", "cat", stdin=b"data\n")
    assert run.stdout == b"data\n"
    assert run.stderr == b"+++ exited with 0 +++\n"


def test_a_file_gets_the_trace_and_stderr_nothing(tmp_path: Path) -> None:
    out = tmp_path / "trace"
    out.write_text("old\n")
    run = strace("-o", str(out), "-e", "trace=write", "echo", "a")
    assert (run.stdout, run.stderr) == (b"a\n", b"")
    lines = out.read_text().splitlines()
    assert "old" not in lines
    assert all(re.match(r"\d+ +(write\(|\+\+\+ )", line) for line in lines), lines
    assert out.stat().st_mode & 0o111 == 0


def test_a_file_is_appended_to(tmp_path: Path) -> None:
    out = tmp_path / "trace"
    for _ in range(2):
        strace("-A", "-o", str(out), "-e", "trace=none", "true")
    assert [line.split(maxsplit=1)[1] for line in out.read_text().splitlines()] == ["+++ exited with 0 +++"] * 2


def test_the_file_is_not_open_in_the_command(tmp_path: Path) -> None:
    out = tmp_path / "trace"
    run = strace("-o", str(out), "bash", "-c", "ls -l /proc/$$/fd")
    assert run.stdout
    assert str(out).encode() not in run.stdout


def test_a_file_name_that_is_no_utf8(tmp_path: Path) -> None:
    out = bytes(tmp_path) + b"/\xff"
    assert strace(b"-o", out, "-e", "trace=openat", "cat", out).returncode == 0
    assert b'"' + bytes(tmp_path) + b'/\\377", O_RDONLY' in Path(str(out, errors="surrogateescape")).read_bytes()


def test_each_line_names_its_process_while_there_are_several() -> None:
    lines = trace_of("-e", "trace=write", "bash", "-c", "(echo a; echo b); echo c")
    assert [re.sub(r" +\d+", " N", line.split("(")[0]) for line in lines if "write" in line] == [
        "[pid N] write",
        "[pid N] write",
        "write",
    ]


def test_the_lines_of_a_file_all_name_their_process(tmp_path: Path) -> None:
    out = tmp_path / "trace"
    strace("-o", str(out), "-e", "trace=write", "bash", "-c", "(echo a); echo $$; (echo c)")
    pids = [line.split()[0] for line in out.read_text().splitlines() if "write(" in line]
    assert len(pids) == 3
    assert len(set(pids)) == 3


def test_the_line_of_an_exec_that_succeeds() -> None:
    lines = trace_of("-e", "trace=execve", "sh", "-c", "exec /bin/echo hi there")
    assert re.fullmatch(
        r'execve\("\S*/sh", \["sh", "-c", "exec /bin/echo hi there"\], 0x[0-9a-f]+ /\* \d+ vars \*/\) = 0', lines[0]
    )
    assert re.fullmatch(
        r'execve\("/bin/echo", \["/bin/echo", "hi", "there"\], 0x[0-9a-f]+ /\* \d+ vars \*/\) = 0', lines[1]
    )
    assert lines[2:] == ["+++ exited with 0 +++"]


def test_the_line_of_an_exec_that_fails() -> None:
    lines = trace_of("-e", "trace=execve", "sh", "-c", "exec /no/such/program", status=127)
    found = [line for line in lines if line.startswith('execve("/no/such/program"')]
    assert len(found) == 1
    assert found[0].endswith("*/) = -1 ENOENT (No such file or directory)")
    assert lines[-1] == "+++ exited with 127 +++"


def test_the_last_call_has_no_result() -> None:
    assert trace_of("-e", "trace=exit_group", "sh", "-c", "exit 5", status=5) == [
        "exit_group(5)                           = ?",
        "+++ exited with 5 +++",
    ]


def test_the_line_of_a_death_by_signal() -> None:
    [signal_line, end] = trace_of("-e", "trace=none", "sh", "-c", "kill -USR1 $$", status=-signal.SIGUSR1)
    assert re.fullmatch(r"--- SIGUSR1 \{si_signo=SIGUSR1, si_code=SI_USER, si_pid=\d+, si_uid=\d+\} ---", signal_line)
    assert end == "+++ killed by SIGUSR1 +++"


def test_a_core_dump_is_told_as_the_kernel_reports_it(tmp_path: Path) -> None:
    code = (
        "import ctypes, os, resource\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)\n"
        "ctypes.string_at(64)"
    )
    alone = finish(["bash", "-c", '"$@"; exit 0', "bash", PYTHON, "-c", code], cwd=tmp_path)
    dumped = b"core dumped" in alone.stderr
    lines = lines_of(strace("-e", "trace=none", PYTHON, "-c", code, cwd=tmp_path).stderr)
    assert lines[-2] == "--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x40} ---"
    assert lines[-1] == f"+++ killed by SIGSEGV{' (core dumped)' if dumped else ''} +++"


def test_the_line_of_a_childs_end() -> None:
    lines = trace_of(
        "-e", "trace=none", "-e", "signal=CHLD", "bash", "-c", "(exit 3); kill -USR1 $$", status=-signal.SIGUSR1
    )
    found = [line for line in lines if line.startswith("---")]
    assert len(found) == 1
    assert re.fullmatch(
        r"--- SIGCHLD \{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=\d+, si_uid=\d+, si_status=3,"
        r" si_utime=\d+, si_stime=\d+\} ---",
        found[0],
    )


def test_signals_can_be_left_out() -> None:
    lines = trace_of("-e", "trace=none", "-e", "signal=none", "sh", "-c", "kill -USR1 $$", status=-signal.SIGUSR1)
    assert lines == ["+++ killed by SIGUSR1 +++"]
    lines = trace_of("-e", "trace=none", "-e", "signal=!SIGUSR1", "sh", "-c", "kill -USR1 $$", status=-signal.SIGUSR1)
    assert lines == ["+++ killed by SIGUSR1 +++"]


def test_quiet_twice_leaves_exits_out() -> None:
    assert trace_of("-qq", "-e", "trace=write", "sh", "-c", "echo a") == [
        'write(1, "a\\n", 2)                      = 2'
    ]


@pytest.mark.parametrize("limit", [0, 1, 5, 100])
def test_strings_are_cut_and_file_names_are_not(limit: int) -> None:
    path = "/" + "x" * 100
    lines = trace_of(
        "-s", str(limit), "-e", "trace=openat,write", "sh", "-c", f"echo 0123456789 < /dev/null; : < {path}", status=2
    )
    shown = "0123456789\\n"[:limit] if limit < 11 else "0123456789\\n"
    dots = "..." if limit < 11 else ""
    assert any(line.startswith(f'write(1, "{shown}"{dots}, 11)') for line in lines), lines
    assert any(f'"{path}"' in line for line in lines)


# Times


def stamps(*words: str) -> list[str]:
    """Return what stands before `write` in each line."""
    lines = trace_of(*words, "-e", "trace=write", "sh", "-c", "echo a; echo b")
    return [line.partition("write")[0] for line in lines if "write" in line]


def test_seconds_of_the_day() -> None:
    before, found, after = int(time.time()), stamps("-t"), int(time.time())
    possible = {time.strftime("%H:%M:%S ", time.localtime(t)) for t in range(before, after + 1)}
    assert len(found) == 2
    assert set(found) <= possible


def test_microseconds_of_the_day() -> None:
    found = stamps("-tt")
    assert len(found) == 2
    assert all(re.fullmatch(r"\d\d:\d\d:\d\d\.\d{6} ", stamp) for stamp in found)


@pytest.mark.parametrize("option", ["-ttt", "-tttt"])
def test_seconds_since_the_epoch(option: str) -> None:
    before, found, after = time.time(), stamps(option), time.time()
    assert all(re.fullmatch(r"\d+\.\d{6} ", stamp) for stamp in found)
    assert before - 1e-6 <= float(found[0]) <= float(found[1]) <= after


def test_seconds_since_the_line_before() -> None:
    first, second = stamps("-r")
    assert first == "     0.000000 "
    assert 0 < float(second) < 50


def test_relative_times_are_of_the_line_before_whichever_process_wrote_it() -> None:
    lines = trace_of("-r", "-e", "trace=write", "bash", "-c", "echo a; (echo b); (echo c)")
    found = [float(re.sub(r"\[pid +\d+\] ", "", line).split()[0]) for line in lines]
    assert len(found) > 3
    assert found[0] == 0
    assert all(seconds > 0 for seconds in found[1:]), lines


def test_the_time_spent_in_a_call() -> None:
    lines = trace_of("-T", "-e", "trace=/nanosleep$", "sleep", "0.05")
    spent = [float(line.rpartition("<")[2].rstrip(">")) for line in lines if "nanosleep" in line]
    assert len(spent) == 1
    assert 0.05 <= spent[0] < 50


def test_an_exec_has_its_time_too() -> None:
    [first, *_] = trace_of("-T", "-e", "trace=execve", "true")
    assert re.search(r" = 0 <\d+\.\d{6}>$", first)


# The table


def table_of(*words: str) -> tuple[list[list[str]], Finished]:
    """Return the rows of -c."""
    run = strace("-c", *words)
    lines = lines_of(run.stderr)
    assert lines[0].split() == ["%", "time", "seconds", "usecs/call", "calls", "errors", "syscall"]
    assert set(lines[1]) == set(lines[-2]) == {"-", " "}
    return [line.split() for line in (*lines[2:-2], lines[-1])], run


def test_the_table_counts_calls_and_errors() -> None:
    rows, run = table_of("sh", "-c", "echo a; echo b; test -e /no/such; test -e /no/such; exit 4")
    counts = {row[-1]: row[3:-1] for row in rows}
    assert counts["write"] == ["2"]
    calls, errors = counts["newfstatat"]
    assert int(calls) >= int(errors) == 2
    assert run.stdout == b"a\nb\n"
    assert run.returncode == 4


def test_the_table_adds_up() -> None:
    rows, _ = table_of("-f", "bash", "-c", "(true); (ls /no/such 2> /dev/null); true")
    *calls, total = rows
    assert total[-1] == "total"
    assert int(total[3]) == sum(int(row[3]) for row in calls)
    assert int(total[4]) == sum(int(row[4]) for row in calls if len(row) == 6)
    assert sum(float(row[0]) for row in calls) == pytest.approx(100, abs=0.2)
    assert [float(row[1]) for row in calls] == sorted((float(row[1]) for row in calls), reverse=True)


def test_the_table_goes_to_the_file(tmp_path: Path) -> None:
    out = tmp_path / "table"
    run = strace("-c", "-o", str(out), "true")
    assert run.stderr == b""
    assert out.read_text().startswith("% time")
    assert out.read_text().endswith(" total\n")


def test_a_killed_program_has_a_table_too() -> None:
    run = strace("-c", "sh", "-c", "kill -KILL $$")
    assert run.returncode == -signal.SIGKILL
    assert lines_of(run.stderr)[-1].endswith(" total")


# JSON


def test_a_call_as_json() -> None:
    [write, end] = json_of("-e", "trace=write", "sh", "-c", "echo a; exit 6", status=6)
    assert set(write) == {"type", "tid", "time_ns", "duration_ns", "name", "number", "args", "result", "error"}
    assert (write["type"], write["name"], write["number"]) == ("syscall", "write", 1)
    assert write["args"] == {"fd": 1, "buf": "a\n", "len": 2}
    assert (write["result"], write["error"]) == (2, None)
    assert abs(write["time_ns"] - time.time_ns()) < 60e9
    assert 0 < write["duration_ns"] < 50e9
    assert end.keys() == {"type", "tid", "time_ns", "code", "signal", "core_dumped"}
    assert (end["type"], end["code"], end["signal"], end["core_dumped"]) == ("exit", 6, None, False)
    assert end["tid"] == write["tid"]


def test_a_failing_call_as_json() -> None:
    calls = json_of("-e", "trace=openat", "sh", "-c", "cat /no/such 2> /dev/null", status=1)
    [failed] = [c for c in calls if c.get("args", {}).get("path") == "/no/such"]
    assert (failed["result"], failed["error"]) == (-2, "ENOENT")


def test_a_signal_as_json() -> None:
    [found, end] = json_of("-e", "trace=none", "sh", "-c", "kill -USR1 $$", status=-signal.SIGUSR1)
    assert (found["type"], found["name"]) == ("signal", "SIGUSR1")
    assert (end["code"], end["signal"]) == (None, int(signal.SIGUSR1))


def test_execs_and_exits_as_json() -> None:
    calls = json_of("-e", "trace=execve,exit_group", "sh", "-c", "exec /bin/true")
    assert [c.get("name", c["type"]) for c in calls] == ["execve", "execve", "exit_group", "exit"]
    assert calls[1]["args"]["path"] == "/bin/true"
    assert [c["result"] for c in calls[:3]] == [0, 0, None]


def test_a_buffer_that_is_no_text_as_json() -> None:
    [write, _] = json_of("-e", "trace=write", "printf", r"\377\0\1")
    assert write["args"]["buf"] == {"bytes": "ff0001"}


def test_a_text_full_of_quotes_and_newlines_is_one_line_of_json() -> None:
    text = 'a"b\\c\n\t\u2028é'
    [write, _] = json_of("-e", "trace=write", "printf", "%s", text)
    assert write["args"]["buf"] == text


def test_every_line_of_a_real_program_is_json(tmp_path: Path) -> None:
    out = tmp_path / "trace"
    words = [
        PYTHON,
        "-c",
        "import subprocess; subprocess.run(['ls', '-l', '/']); subprocess.run('kill $$', shell=True)",
    ]
    assert strace("--json", "-o", str(out), *words).returncode == 0
    kinds = [json.loads(line)["type"] for line in out.read_text().splitlines()]
    assert len(kinds) > 500
    assert set(kinds) == {"syscall", "signal", "exit"}


def test_a_table_and_json_exclude_each_other() -> None:
    assert strace("-c", "--json", "true").returncode == 2
