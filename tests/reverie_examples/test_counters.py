"""counter1 and counter2 count the same, and what strace shows: every call of every thread, once.

The number expected is derived from the lines of the real ``strace -f -o FILE``. A call has one line, or two
when another thread's line came between (``<unfinished ...>``, ``<... resumed>``); lines of signals and exits begin
with ``---`` and ``+++``. Of these calls two are not told to a counter (``reverie.subscription``):
``rt_sigreturn``, which no tool can execute for a guest, and ``restart_syscall``, the kernel's own continuation of a
call that was counted when it began.

``strace -c`` shows less than its lines do: a call is in its table when it has returned, and ``exit``, ``exit_group``
and whatever a thread was killed in never do.

A program runs in the C locale under both, for the locale decides which files libc opens.
"""

import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.reverie_examples.conftest import Words
from tests.reverie_examples.running import finish, reverie
from tests.support.needs import needs

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
NEVER_TOLD = ("rt_sigreturn", "restart_syscall")
NEVER_RETURN = ("exit", "exit_group")

CALL = re.compile(r"^(?:\d+ +)?(\w+)\(")

THREADS = """
import threading
for n in range(5):
    t = threading.Thread(target=int); t.start(); t.join()
"""

PROGRAMS = [
    pytest.param(["/bin/true"], 1, 1, id="true"),
    pytest.param(["/bin/cat", "/etc/passwd"], 1, 1, id="cat"),
    pytest.param(["/bin/sh", "-c", "/bin/true; /bin/false; /bin/echo x"], None, None, id="forks"),
    pytest.param(["/bin/sh", "-c", "trap 'echo caught' USR1; kill -USR1 $$; exit 3"], 1, 1, id="signal"),
    pytest.param(["/bin/sh", "-c", "kill -KILL $$"], 1, 1, id="killed"),
    pytest.param(["/bin/bash", "-c", "exec /bin/sh -c 'exec /bin/true'"], 1, 1, id="execs"),
    pytest.param(["/bin/ls", "-l", "/usr/share/doc"], 1, 1, id="ls"),
]


def strace_calls(words: Words, trace: Path) -> Counter[str]:
    """Return how often the real strace saw each call."""
    run = finish(["strace", "-f", "-o", str(trace), *words], env=ENVIRONMENT)
    lines = trace.read_text(errors="replace").splitlines()
    assert lines, run.stderr
    return Counter(match[1] for line in lines if (match := CALL.match(line)))


def told(calls: Counter[str]) -> int:
    """Return how many of them a tool is told."""
    return sum(count for name, count in calls.items() if name not in NEVER_TOLD)


def count1(words: Words) -> int:
    """Return what counter1 says."""
    run = reverie("counter1", *words, env=ENVIRONMENT)
    match = re.search(rb"^(\d+) system calls\n\Z", run.stderr, re.MULTILINE)
    assert match, run.stderr
    return int(match[1])


def count2(words: Words) -> tuple[int, int, int]:
    """Return what counter2 says: calls, processes, threads."""
    run = reverie("counter2", *words, env=ENVIRONMENT)
    match = re.search(rb"^(\d+) system calls in (\d+) processes, (\d+) threads\n\Z", run.stderr, re.MULTILINE)
    assert match, run.stderr
    return int(match[1]), int(match[2]), int(match[3])


@pytest.mark.parametrize(("words", "processes", "threads"), PROGRAMS)
def test_both_counters_agree(words: Words, processes: int | None, threads: int | None) -> None:
    calls, found_processes, found_threads = count2(words)
    assert calls == count1(words) > 10
    if processes is not None:
        assert (found_processes, found_threads) == (processes, threads)
    else:
        assert found_processes == found_threads > 1


@needs("strace")
@pytest.mark.parametrize(("words", "processes", "threads"), PROGRAMS)
def test_counters_count_what_strace_shows(
    words: Words, processes: int | None, threads: int | None, tmp_path: Path
) -> None:
    calls = strace_calls(words, tmp_path / "trace")
    assert count1(words) == told(calls)
    assert count2(words)[0] == told(calls)


@needs("strace")
@pytest.mark.parametrize(("words", "processes", "threads"), PROGRAMS)
def test_counters_count_what_the_table_of_strace_adds_up_to(
    words: Words, processes: int | None, threads: int | None, tmp_path: Path
) -> None:
    calls = strace_calls(words, tmp_path / "trace")
    finish(["strace", "-f", "-c", "-o", str(tmp_path / "table"), *words], env=ENVIRONMENT)
    total = int((tmp_path / "table").read_text().splitlines()[-1].split()[3])
    # What never returns has a line, and no place in the table; a kill(2) of oneself does not return either.
    ended = sum(calls[name] for name in NEVER_RETURN) + (words[-1] == "kill -KILL $$")
    never_told = sum(calls[name] for name in NEVER_TOLD)
    assert count1(words) == total + ended - never_told


def test_a_call_that_fails_and_one_without_a_name_are_counted() -> None:
    base = "import ctypes; f = ctypes.CDLL(None).syscall; f(-2)\n"
    one = count1([sys.executable, "-I", "-c", base])
    assert count1([sys.executable, "-I", "-c", base + "f(999)\nf(3, 999)\nf(39)\n"]) == one + 3


def test_threads_and_processes_are_counted() -> None:
    _, processes, threads = count2([sys.executable, "-I", "-c", THREADS])
    assert (processes, threads) == (1, 6)
    _, processes, threads = count2(["/bin/bash", "-c", "(true) & (true) & wait"])
    assert (processes, threads) == (3, 3)


def test_the_command_keeps_its_streams_and_its_status() -> None:
    run = reverie("counter1", "sh", "-c", "echo out; echo err >&2; exit 7")
    assert (run.returncode, run.stdout) == (7, b"out\n")
    assert run.stderr.startswith(b"err\n")
    assert run.stderr.endswith(b" system calls\n")
