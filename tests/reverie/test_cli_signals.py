"""Signals to `reverie`, from a terminal and from elsewhere; and that no guest survives it."""

import errno
import fcntl
import os
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.reverie_examples.running import LIMIT, REVERIE, Lifeline, finish, read_line, reverie, start, the_one_line

PYTHON = [sys.executable, "-I", "-S", "-c"]

EVERY_TOOL = [["noop"], ["noop", "--subscribe", "syscalls"], ["counter1"], ["counter2"], ["strace", "-o", "/dev/null"]]
every_tool = pytest.mark.parametrize("tool", EVERY_TOOL, ids=" ".join)

TREE = """
import os, signal, sys, threading
def family(depth):
    if os.fork() == 0:
        if depth == 1: os.setsid()
        if depth < 3: family(depth + 1)
        rest("child")
def rest(who):
    signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGHUP, signal.SIG_IGN)
    threading.Thread(target=signal.pause, daemon=True)
    os.write(1, b"%d\\n" % os.getpid())
    while True: signal.pause()
family(0)
rest("root")
"""
"""Five processes, a daemon's descendants among them, that ignore what can be ignored and print their ids."""


@contextmanager
def tree(tool: list[str], **options: Any) -> Iterator[tuple["subprocess.Popen[bytes]", list[int], Lifeline]]:
    """Start the tree under a tool, wait until all of it is there, and end it when the test could not."""
    with Lifeline() as lifeline, start(*tool, *PYTHON, TREE, **lifeline.options, **options) as process:
        try:
            yield process, [int(read_line(process)) for _ in range(5)], lifeline
        finally:
            process.kill()


def gone(pids: list[int], lifeline: Lifeline) -> bool:
    """Wait until nothing of the run is left; say whether the ids agree."""
    lifeline.wait()
    # A process that ends closes its files first, and is a zombie only a moment later.
    return all(ended(pid) for pid in pids)


def ended(pid: int) -> bool:
    """Wait for the end of a process that need not be our child. Somebody else may have to reap it."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], LIMIT)[0])
    finally:
        os.close(descriptor)


# The end of the tracer


@every_tool
def test_no_guest_survives_the_kill_of_the_tracer(tool: list[str]) -> None:
    with tree(tool) as (process, pids, lifeline):
        assert len(set(pids)) == 5
        process.kill()
        assert process.wait(LIMIT) == -signal.SIGKILL
        assert gone(pids, lifeline)


@pytest.mark.parametrize("signo", [signal.SIGTERM, signal.SIGHUP], ids=str)
@every_tool
def test_a_request_to_end_ends_all_and_is_told_in_one_line(tool: list[str], signo: signal.Signals) -> None:
    with tree(tool) as (process, pids, lifeline):
        process.send_signal(signo)
        _, said = process.communicate(timeout=LIMIT)
        assert process.returncode == -signo
        lines = said.decode().splitlines()
        assert len(lines) == 1, lines
        assert lines[0].startswith("reverie: ")
        assert signo.name in lines[0]
        assert gone(pids, lifeline)


def test_a_request_to_end_while_the_guest_is_stopped() -> None:
    with tree(["strace", "-o", "/dev/null"]) as (process, pids, lifeline):
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        process.terminate()
        assert process.wait(LIMIT) == -signal.SIGTERM
        assert gone(pids, lifeline)


def test_a_request_to_end_while_the_guest_computes() -> None:
    with Lifeline() as lifeline:
        words = ["noop", *PYTHON, "print(1, flush=True)\nwhile True: pass"]
        with start(*words, **lifeline.options) as process:
            read_line(process)
            process.terminate()
            assert process.wait(LIMIT) == -signal.SIGTERM
        lifeline.wait()


def test_a_request_to_end_in_a_storm_of_forks() -> None:
    storm = "import os\nos.write(1, b'x\\n')\nwhile True:\n    if os.fork() == 0: os._exit(0)\n    os.wait()\n"
    with Lifeline() as lifeline:
        with start("counter1", *PYTHON, storm, **lifeline.options) as process:
            read_line(process)
            process.terminate()
            assert process.wait(LIMIT) == -signal.SIGTERM
        lifeline.wait()


@pytest.mark.parametrize("times", [2, 20])
def test_many_requests_to_end_are_as_good_as_one(times: int) -> None:
    with tree(["counter2"]) as (process, pids, lifeline):
        for _ in range(times):
            process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=LIMIT)
        assert process.returncode == -signal.SIGTERM
        assert b"Traceback" not in said
        assert gone(pids, lifeline)


@pytest.mark.parametrize("delay_ms", [0, 20, 60, 100, 150, 200, 300])
def test_a_request_to_end_at_any_moment_of_the_start(delay_ms: int) -> None:
    """Whenever it comes, the process dies of it, and nothing of the guest is left or shown of Python."""
    with Lifeline() as lifeline:
        with start("noop", "sleep", "600", **lifeline.options) as process:
            # The moment is what the test varies, and nothing tells it from outside.
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(delay_ms / 1000)
            process.terminate()
            _, said = process.communicate(timeout=LIMIT)
            assert process.returncode == -signal.SIGTERM
            assert b"Traceback" not in said
        lifeline.wait()


# Interrupts without a terminal

CATCHES = """
import os, signal, sys
caught = []
signal.signal(signal.SIGINT, lambda *_: (caught.append(1), os.write(1, b"caught\\n")))
signal.signal(signal.SIGQUIT, lambda *_: (caught.append(2), os.write(1, b"caught\\n")))
os.write(1, b"ready\\n")
sys.stdin.readline()
os.write(1, b"%d\\n" % len(caught))
os._exit(7)
"""


@pytest.mark.parametrize("signo", [signal.SIGINT, signal.SIGQUIT], ids=str)
@every_tool
def test_an_interrupt_from_elsewhere_is_passed_on_to_the_guest(tool: list[str], signo: signal.Signals) -> None:
    with start(*tool, *PYTHON, CATCHES, start_new_session=True) as process:
        assert read_line(process) == b"ready\n"
        process.send_signal(signo)
        assert read_line(process) == b"caught\n"
        out, said = process.communicate(b"go\n", timeout=LIMIT)
        assert (process.returncode, out) == (7, b"1\n"), said


def press_until_ended(press: Callable[[], None], process: "subprocess.Popen[bytes]") -> None:
    """Interrupt again until the program has ended.

    Two signals that come before the first was looked at are one (signal(7)); no user is that fast, but a test is, and
    nothing shows from outside when it was looked at. Three are always enough.
    """
    for _ in range(3):
        press()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            continue
        return
    raise AssertionError("it still runs")


def test_an_interrupt_that_the_guest_does_not_catch_is_what_both_die_of() -> None:
    with start(
        "noop",
        *PYTHON,
        "import os, signal; signal.signal(2, 0); os.write(1, b'x\\n'); signal.pause()",
        start_new_session=True,
    ) as process:
        read_line(process)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=LIMIT)
        assert (process.returncode, said) == (-signal.SIGINT, b"")


def test_a_second_interrupt_from_elsewhere_ends_everything() -> None:
    with Lifeline() as lifeline:
        with start("noop", *PYTHON, CATCHES, start_new_session=True, **lifeline.options) as process:
            read_line(process)
            process.send_signal(signal.SIGINT)
            assert read_line(process) == b"caught\n"
            press_until_ended(lambda: process.send_signal(signal.SIGINT), process)
            _, said = process.communicate(timeout=LIMIT)
            assert process.returncode == -signal.SIGINT
            assert len(said.splitlines()) == 1
            assert said.startswith(b"reverie: ")
        lifeline.wait()


@pytest.mark.parametrize("name", ["INT", "QUIT", "TERM", "HUP", "USR1", "TSTP"])
def test_a_signal_that_our_parent_ignores_stays_ignored_in_the_guest(name: str) -> None:
    script = f"trap '' {name}; exec \"$@\""
    show = ["grep", "SigIgn", "/proc/self/status"]
    alone = finish(["bash", "-c", script, "bash", *show])
    assert int(alone.stdout.split()[1], 16) & 1 << (getattr(signal, f"SIG{name}") - 1)
    assert finish(["bash", "-c", script, "bash", REVERIE, "noop", *show]).stdout == alone.stdout


def test_an_interrupt_that_our_parent_ignores_does_nothing() -> None:
    words = [REVERIE, "noop", *PYTHON, "import os, sys; os.write(1, b'ready\\n'); sys.stdin.readline(); os._exit(4)"]
    with subprocess.Popen(
        ["bash", "-c", "trap '' INT; exec \"$@\"", "bash", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert read_line(process) == b"ready\n"
        for _ in range(3):
            os.killpg(process.pid, signal.SIGINT)
        process.communicate(b"go\n", timeout=LIMIT)
        assert process.returncode == 4


def test_a_blocked_signal_stays_blocked_in_the_guest() -> None:
    code = "import os, signal, sys; signal.pthread_sigmask(0, {10, 15}); os.execv(sys.argv[1], sys.argv[1:])"
    show = ["/usr/bin/grep", "SigBlk", "/proc/self/status"]
    alone = finish([*PYTHON, code, *show])
    assert int(alone.stdout.split()[1], 16) == 1 << 9 | 1 << 14
    assert finish([*PYTHON, code, REVERIE, "noop", *show]).stdout == alone.stdout


@pytest.mark.parametrize("signo", [signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGPIPE], ids=str)
def test_a_signal_that_means_nothing_to_us_leaves_no_guest_alone(signo: signal.Signals) -> None:
    with tree(["noop"]) as (process, pids, lifeline):
        process.send_signal(signo)
        if signo == signal.SIGPIPE:  # Python ignores it
            process.kill()
        process.wait(LIMIT)
        assert gone(pids, lifeline)


# A terminal


class Terminal:
    """A pseudo-terminal with a program on it, in a session of its own: a user's window."""

    def __init__(self, *words: str, pass_fds: tuple[int, ...] = ()) -> None:
        self.ours, self.theirs = os.openpty()
        self.shown = b""

        def take_terminal() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(words, stdin=self.theirs, stdout=self.theirs, stderr=self.theirs,
            start_new_session=True, preexec_fn=take_terminal, pass_fds=pass_fds)  # fmt: skip

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.ours, keys)

    def read_until(self, text: bytes) -> bytes:
        """Return what was shown since the last call, up to this text."""
        deadline = time.monotonic() + LIMIT
        while text not in self.shown:
            ready, _, _ = select.select([self.ours], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"{text!r} was never shown, only {self.shown!r}"
            try:
                self.shown += os.read(self.ours, 65536)
            except OSError as error:
                assert error.errno == errno.EIO
                raise AssertionError(f"{text!r} was never shown, only {self.shown!r}") from error
        before, _, self.shown = self.shown.partition(text)
        return before + text

    def rest(self) -> bytes:
        """Wait for the program's end and return what is still to be shown."""
        self.process.wait(LIMIT)
        while select.select([self.ours], [], [], 0)[0]:
            self.shown += os.read(self.ours, 65536)
        shown, self.shown = self.shown, b""
        return shown

    def settings(self) -> list[Any]:
        """Return the terminal's settings."""
        return termios.tcgetattr(self.theirs)


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    """Open terminals, and close them with what still runs in them."""
    opened: list[Terminal] = []

    def open_terminal(*words: str, pass_fds: tuple[int, ...] = ()) -> Terminal:
        opened.append(Terminal(*words, pass_fds=pass_fds))
        return opened[-1]

    yield open_terminal
    for one in opened:
        one.process.kill()
        one.process.wait(LIMIT)
        os.close(one.ours)
        os.close(one.theirs)


OpenTerminal = Callable[..., Terminal]


@pytest.mark.parametrize("key", [b"\x03", b"\x1c"], ids=["ctrl-c", "ctrl-backslash"])
@every_tool
def test_a_key_reaches_the_guest_once_and_its_status_is_ours(
    tool: list[str], key: bytes, terminal: OpenTerminal
) -> None:
    window = terminal(REVERIE, *tool, *PYTHON, CATCHES)
    window.read_until(b"ready\r\n")
    window.type(key)
    window.read_until(b"caught\r\n")
    window.type(b"go\n")
    # One interrupt was caught; a second copy would have come before the line was typed.
    assert window.read_until(b"1\r\n").endswith(b"\n1\r\n")
    assert window.process.wait(LIMIT) == 7


def test_ctrl_c_that_the_guest_does_not_catch_is_what_both_die_of(terminal: OpenTerminal) -> None:
    window = terminal(REVERIE, "strace", "-o", "/dev/null", "sh", "-c", "echo ready; exec sleep 600")
    window.read_until(b"ready\r\n")
    window.type(b"\x03")
    assert window.process.wait(LIMIT) == -signal.SIGINT
    assert b"reverie" not in window.rest()


@every_tool
def test_a_second_ctrl_c_ends_everything(tool: list[str], terminal: OpenTerminal) -> None:
    with Lifeline() as lifeline:
        window = terminal(REVERIE, *tool, *PYTHON, CATCHES, pass_fds=(lifeline.writing,))
        window.read_until(b"ready\r\n")
        window.type(b"\x03")
        window.read_until(b"caught\r\n")
        press_until_ended(lambda: window.type(b"\x03"), window.process)
        assert window.process.returncode == -signal.SIGINT
        lifeline.wait()
        said = [line for line in window.rest().splitlines() if b"reverie: " in line]
        assert len(said) == 1


def test_an_interrupt_reaches_all_in_the_foreground(terminal: OpenTerminal) -> None:
    child = "trap 'echo child; exit 0' INT; echo ready; while :; do read x; done"
    script = f"trap 'echo parent' INT; ({child}); echo end; exit 5"
    window = terminal(REVERIE, "noop", "bash", "-c", script)
    window.read_until(b"ready\r\n")
    window.type(b"\x03")
    shown = window.read_until(b"end\r\n")
    assert b"child" in shown
    assert b"parent" in shown
    assert window.process.wait(LIMIT) == 5


RAW = """
import os, signal, sys, termios, tty
{first}
tty.setraw(0)
os.write(1, b"ready\\n")
{then}
"""

WAIT = "while True: signal.pause()"


@pytest.mark.parametrize("signo", [signal.SIGTERM, signal.SIGHUP], ids=str)
def test_the_terminal_is_put_right_after_a_guest_that_was_ended(signo: signal.Signals, terminal: OpenTerminal) -> None:
    window = terminal(REVERIE, "noop", *PYTHON[:1], "-c", RAW.format(first="", then=WAIT))
    before = window.settings()
    window.read_until(b"ready\n")
    assert window.settings() != before
    window.process.send_signal(signo)
    assert window.process.wait(LIMIT) == -signo
    assert window.settings() == before


def test_the_terminal_is_put_right_after_a_tool_failed(terminal: OpenTerminal) -> None:
    then = "os.read(0, 1); os._exit(3)"
    window = terminal(
        REVERIE,
        "strace",
        "-o",
        "/dev/full",
        "-e",
        "trace=exit_group",
        *PYTHON[:1],
        "-c",
        RAW.format(first="", then=then),
    )
    before = window.settings()
    window.read_until(b"ready\n")
    window.type(b"x")
    assert window.process.wait(LIMIT) == 125
    assert window.settings() == before


def test_the_terminal_is_put_right_after_a_guest_that_was_killed_from_elsewhere(terminal: OpenTerminal) -> None:
    """It could not put it right itself, whoever killed it."""
    window = terminal(REVERIE, "noop", *PYTHON[:1], "-c", RAW.format(first="print(os.getpid())", then=WAIT))
    before = window.settings()
    pid = int(window.read_until(b"\n"))
    window.read_until(b"ready\n")
    os.kill(pid, signal.SIGKILL)
    assert window.process.wait(LIMIT) == -signal.SIGKILL
    assert window.settings() == before


def test_settings_that_a_guest_leaves_on_purpose_stay(terminal: OpenTerminal) -> None:
    window = terminal(REVERIE, "noop", "stty", "-echo")
    before = window.settings()
    assert window.process.wait(LIMIT) == 0
    assert before[3] & termios.ECHO
    assert not window.settings()[3] & termios.ECHO


def test_the_guest_has_the_terminal(terminal: OpenTerminal) -> None:
    questions = "[os.isatty(n) for n in range(3)], os.tcgetpgrp(0) == os.getpgrp(), os.open('/dev/tty', 2) > 2"
    code = f"import os; print({questions})"
    window = terminal(REVERIE, "noop", *PYTHON, code)
    window.read_until(b"[True, True, True] True True\r\n")
    assert window.process.wait(LIMIT) == 0


def test_a_guest_can_be_suspended_and_resumed_from_a_shell(terminal: OpenTerminal) -> None:
    window = terminal("bash", "--norc", "--noprofile", "-i")
    window.type(b"PS1='prom''pt> '; echo shell-$((1+1))\n")
    window.read_until(b"shell-2\r\n")
    window.read_until(b"prompt> ")
    window.type(f"{REVERIE} noop bash -c 'echo ready-$((1+1)); read x; echo got-$x; exit 6'\n".encode())
    window.read_until(b"ready-2\r\n")
    window.type(b"\x1a")
    window.read_until(b"Stopped")
    window.read_until(b"prompt> ")
    window.type(b"echo back-$((1+1))\n")
    window.read_until(b"back-2\r\n")
    window.read_until(b"prompt> ")
    window.type(b"fg\n")
    window.read_until(b"exit 6'\r\n")
    window.type(b"word\n")
    window.read_until(b"got-word\r\n")
    window.read_until(b"prompt> ")
    window.type(b"echo status-$?\n")
    window.read_until(b"status-6\r\n")
    window.read_until(b"prompt> ")
    window.type(b"exit\n")
    window.process.wait(LIMIT)


def test_a_closed_window_ends_everything(terminal: OpenTerminal, tmp_path: Path) -> None:
    """The kernel sends SIGHUP to the session when its terminal is gone; a guest that ignores it is ended."""
    with Lifeline() as lifeline:
        ignoring = CATCHES.replace(
            'os.write(1, b"ready', 'signal.signal(1, signal.SIG_IGN); os.write(1, b"ready'
        ).replace("sys.stdin.readline()", WAIT)
        window = terminal(REVERIE, "noop", *PYTHON, ignoring, pass_fds=(lifeline.writing,))
        window.read_until(b"ready\r\n")
        os.close(window.theirs)
        os.close(window.ours)
        # The fixture closes them again: give it others.
        window.ours, window.theirs = os.open(os.devnull, os.O_RDONLY), os.open(os.devnull, os.O_RDONLY)
        assert window.process.wait(LIMIT) == -signal.SIGHUP
        lifeline.wait()


def test_a_terminal_that_is_not_our_own_hides_no_failure() -> None:
    """stdin is a terminal, but of no session or another one, as under setsid(1) or cron."""
    ours, theirs = os.openpty()
    try:
        with start("strace", "-o", "/dev/full", "true", stdin=theirs, start_new_session=True) as process:
            _, said = process.communicate(timeout=LIMIT)
        assert process.returncode == 125
        assert b"No space left on device" in said
        with start(
            "noop",
            *PYTHON,
            "import os, signal; os.write(1, b'x\\n'); signal.pause()",
            stdin=theirs,
            start_new_session=True,
        ) as process:
            read_line(process)
            process.terminate()
            _, said = process.communicate(timeout=LIMIT)
        assert process.returncode == -signal.SIGTERM
        assert b"SIGTERM" in said
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_background_job_that_fails_does_not_touch_the_terminal(terminal: OpenTerminal) -> None:
    """Changing the terminal from the background would stop it with SIGTTOU."""
    window = terminal("bash", "--norc", "--noprofile", "-i")
    window.type(b"PS1='prom''pt> '; echo shell-$((1+1))\n")
    window.read_until(b"shell-2\r\n")
    window.read_until(b"prompt> ")
    window.type(f"{REVERIE} strace -o /dev/full true & wait %1; echo ended-$?\n".encode())
    window.read_until(b"ended-125\r\n")
    window.read_until(b"prompt> ")
    window.type(b"exit\n")
    window.process.wait(LIMIT)


def test_a_status_by_signal_is_that_of_the_guest_also_from_a_terminal(terminal: OpenTerminal) -> None:
    window = terminal(REVERIE, "noop", "sh", "-c", "kill -SEGV $$")
    assert window.process.wait(LIMIT) == -signal.SIGSEGV


def test_one_line_is_one_line_also_when_a_guest_was_ended_from_a_pipe() -> None:
    run = reverie("noop", "sh", "-c", "kill -TERM $PPID; sleep 600")
    assert run.returncode == -signal.SIGTERM
    assert "SIGTERM" in the_one_line(run)
