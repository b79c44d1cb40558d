"""Fork, do the plan, exec: in its order, with a report of what failed."""

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from reverie_process import ExitStatus, Spawned, SpawnError, read_report, spawn
from reverie_process.plan import (
    AwaitPermission,
    ChangeDirectory,
    InstallFilter,
    Redirect,
    RestoreSignals,
    SetSignalMask,
    SpawnPlan,
    Step,
    StopSelf,
)
from reverie_process.seccomp import ALLOW, AuditArch, SyscallFilter
from reverie_process.seccomp import errno as fail_with

SH = "/bin/sh"


def plan(script: str, *steps: Step, environment: Mapping[str, str] | None = None) -> SpawnPlan:
    return SpawnPlan(steps, SH, ["sh", "-c", script], environment or {})


def end_of(spawned: Spawned) -> ExitStatus:
    return ExitStatus.from_raw(os.waitpid(spawned.pid, 0)[1])


def finish(wanted: SpawnPlan) -> ExitStatus:
    """Run a plan that is to succeed to its end."""
    spawned = spawn(wanted)
    error = read_report(spawned)
    status = end_of(spawned)
    assert error is None
    return status


def failure(wanted: SpawnPlan) -> SpawnError:
    """Run a plan that is to fail before its program runs."""
    spawned = spawn(wanted)
    error = read_report(spawned)
    assert end_of(spawned) == ExitStatus.exited(125)
    assert error is not None
    return error


def output(script: str, *steps: Step, environment: Mapping[str, str] | None = None) -> str:
    """Run a script to its end and return what it wrote."""
    reading, writing = os.pipe()
    try:
        spawned = spawn(plan(script, *steps, Redirect(writing, 1), environment=environment))
    finally:
        os.close(writing)
    assert read_report(spawned) is None
    with os.fdopen(reading) as file:
        text = file.read()
    assert end_of(spawned).success
    return text


def test_the_program_runs_and_ends() -> None:
    assert finish(plan("exit 42")) == ExitStatus.exited(42)
    assert finish(plan("kill -TERM $$")) == ExitStatus.killed(signal.SIGTERM)


def test_arguments_and_environment_are_exactly_those_of_the_plan() -> None:
    assert output("echo $0 $A; exec env", environment={"A": "b c"}).startswith("sh b c\nA=b c\n")
    reading, writing = os.pipe()
    spawned = spawn(SpawnPlan([Redirect(writing, 1)], SH, ["own name", "-c", 'echo "$0" "$1"', "x", "y z"], {}))
    os.close(writing)
    assert read_report(spawned) is None
    with os.fdopen(reading) as file:
        assert file.read() == "x y z\n"
    assert end_of(spawned).success


def test_words_that_are_not_utf8_arrive_as_they_are() -> None:
    reading, writing = os.pipe()
    words = [SH, "-c", 'printf %s "$1$A"', "sh", "\udcff"]
    spawned = spawn(SpawnPlan([Redirect(writing, 1)], SH, words, {"A": "\udcfe"}))
    os.close(writing)
    assert read_report(spawned) is None
    with os.fdopen(reading, "rb") as file:
        assert file.read() == b"\xff\xfe"
    assert end_of(spawned).success


def test_the_steps_are_done_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    steps = [ChangeDirectory(str(tmp_path)), ChangeDirectory("a"), ChangeDirectory("b")]
    assert output("pwd -P", *steps) == f"{(tmp_path / 'a' / 'b').resolve()}\n"


def test_no_descriptor_of_ours_reaches_the_program() -> None:
    with open(__file__) as ours:
        listed = output("ls -l /proc/$$/fd")
        assert os.path.basename(__file__) not in listed
        assert "pipe:" in listed
        assert ours.fileno() > 2


def test_a_redirect_onto_itself_survives_the_exec() -> None:
    reading, writing = os.pipe()
    spawned = spawn(plan(f"echo through > /proc/self/fd/{writing}", Redirect(writing, writing)))
    os.close(writing)
    assert read_report(spawned) is None
    with os.fdopen(reading) as file:
        assert file.read() == "through\n"
    assert end_of(spawned).success


# Signals


def status_line(name: str, *steps: Step) -> int:
    """Return a signal set of a new program, from proc_pid_status(5)."""
    text = output('while read -r line; do echo "$line"; done < /proc/self/status', *steps)
    [line] = [line for line in text.splitlines() if line.startswith(f"{name}:")]
    return int(line.split()[1], 16)


def bit(signo: int) -> int:
    return 1 << signo - 1


def test_the_signal_mask_is_exactly_the_plans() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    try:
        wanted = frozenset({int(signal.SIGHUP), int(signal.SIGRTMAX)})
        assert status_line("SigBlk", SetSignalMask(wanted)) == bit(signal.SIGHUP) | bit(signal.SIGRTMAX)
        assert status_line("SigBlk", SetSignalMask(frozenset())) == 0
        assert status_line("SigBlk") & bit(signal.SIGUSR1)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def test_signals_that_python_ignores_are_restored() -> None:
    assert status_line("SigIgn") & bit(signal.SIGPIPE)
    assert not status_line("SigIgn", RestoreSignals()) & (bit(signal.SIGPIPE) | bit(signal.SIGXFSZ))


# Waiting for the starter


def test_the_child_waits_for_permission() -> None:
    reading, writing = os.pipe()
    spawned = spawn(plan("exit 7", AwaitPermission(reading)))
    assert os.waitpid(spawned.pid, os.WNOHANG) == (0, 0)
    os.write(writing, b"g")
    assert read_report(spawned) is None
    assert end_of(spawned) == ExitStatus.exited(7)
    os.close(reading)
    os.close(writing)


def test_a_child_whose_starter_takes_the_permission_away_ends_without_running_anything(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"x")
    spawned = spawn(plan(f"touch {tmp_path}/ran", AwaitPermission(reading)))
    os.close(reading)
    os.close(writing)
    read_report(spawned)
    assert end_of(spawned) == ExitStatus.exited(125)
    assert not (tmp_path / "ran").exists()


def test_the_child_stops_itself_before_its_next_step(tmp_path: Path) -> None:
    spawned = spawn(plan("exit 3", StopSelf(), ChangeDirectory(str(tmp_path))))
    _, raw = os.waitpid(spawned.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(raw)
    assert os.WSTOPSIG(raw) == signal.SIGSTOP
    assert os.readlink(f"/proc/{spawned.pid}/cwd") == os.getcwd()
    os.kill(spawned.pid, signal.SIGCONT)
    assert read_report(spawned) is None
    assert end_of(spawned) == ExitStatus.exited(3)


# Filters


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the number of getppid is that of x86-64")
def test_a_filter_is_in_force_when_the_program_runs() -> None:
    program = SyscallFilter(AuditArch.X86_64, {110: fail_with(errno.EOWNERDEAD)}, ALLOW).compile()  # getppid
    code = "import ctypes; c = ctypes.CDLL(None, use_errno=True); print(c.syscall(110), ctypes.get_errno())"
    reading, writing = os.pipe()
    steps: list[Step] = [Redirect(writing, 1), InstallFilter(program)]
    spawned = spawn(SpawnPlan(steps, sys.executable, ["python", "-c", code], dict(os.environ)))
    os.close(writing)
    assert read_report(spawned) is None
    with os.fdopen(reading) as file:
        assert file.read() == f"-1 {errno.EOWNERDEAD}\n"
    assert end_of(spawned).success


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be both with privileges and without: run as root")
@pytest.mark.parametrize(("user", "given_up"), [(0, 0), (65534, 1)], ids=["root", "nobody"])
def test_with_a_filter_new_privileges_are_given_up_only_if_the_kernel_asks_for_it(user: int, given_up: int) -> None:
    code = f"""
import os
from reverie_process import read_report, spawn
from reverie_process.plan import InstallFilter, SpawnPlan
program = bytes.fromhex("060000000000ff7f")  # return ALLOW
os.setresuid({user}, {user}, {user})
wanted = SpawnPlan([InstallFilter(program)], "/bin/sh", ["sh", "-c", "grep NoNewPrivs /proc/self/status"], os.environ)
spawned = spawn(wanted)
error = read_report(spawned)
os.waitpid(spawned.pid, 0)
assert error is None, error
"""
    result = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    assert result.stdout.split() == ["NoNewPrivs:", str(given_up)]


# What fails


@pytest.mark.parametrize(
    ("step", "name", "number"),
    [
        (ChangeDirectory("/no/such"), "ChangeDirectory", errno.ENOENT),
        (ChangeDirectory("/dev/null"), "ChangeDirectory", errno.ENOTDIR),
        (Redirect(9999, 1), "Redirect", errno.EBADF),
        (InstallFilter(b""), "InstallFilter", errno.EINVAL),
        (InstallFilter(bytes(8)), "InstallFilter", errno.EINVAL),
        (SetSignalMask(frozenset({500})), "SetSignalMask", errno.EINVAL),
    ],
    ids=str,
)
def test_a_step_that_fails_is_named_with_its_reason(step: Step, name: str, number: int, tmp_path: Path) -> None:
    error = failure(plan(f"touch {tmp_path}/ran", ChangeDirectory("/"), step, ChangeDirectory("/nowhere either")))
    assert (error.step, error.errno, error.exit_status) == (name, number, 125)
    assert str(error) == f"cannot start sh: {step!r} failed: {os.strerror(number)}"
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("make", "number", "text"),
    [
        (None, errno.ENOENT, "No such file"),
        (b"no program", errno.ENOEXEC, "neither a program nor a script"),
        (b"#!/no/such/sh\n", errno.ENOENT, "its interpreter /no/such/sh"),
    ],
)
def test_an_exec_that_fails_says_why(make: bytes | None, number: int, text: str, tmp_path: Path) -> None:
    path = tmp_path / "prog"
    if make is not None:
        path.write_bytes(make)
        path.chmod(0o755)
    error = failure(SpawnPlan([], str(path), ["prog"], {}))
    assert (error.step, error.errno, error.exit_status) == ("exec", number, 126)
    assert text in str(error)


@pytest.mark.parametrize(
    ("argv", "environment"),
    [(["sh", "a\0b"], {}), (["sh"], {"A": "\0"}), (["sh"], {"A=B": "c"}), ([], {})],
)
def test_what_no_exec_can_take_is_a_failure_too(argv: Sequence[str], environment: Mapping[str, str]) -> None:
    error = failure(SpawnPlan([], SH, argv, environment))
    assert (error.step, error.errno) == ("exec", errno.EINVAL)


def test_too_many_arguments_are_the_kernels_to_refuse() -> None:
    assert failure(SpawnPlan([], SH, ["sh", "x" * (1 << 20)], {})).errno == errno.E2BIG


def test_a_child_that_is_killed_before_its_exec_is_seen_by_its_status() -> None:
    reading, writing = os.pipe()
    spawned = spawn(plan("exit 0", AwaitPermission(reading)))
    os.kill(spawned.pid, signal.SIGKILL)
    assert read_report(spawned) is None
    assert end_of(spawned) == ExitStatus.killed(signal.SIGKILL)
    os.close(reading)
    os.close(writing)


# A starter with threads


def test_a_thread_can_spawn_while_others_hold_locks() -> None:
    """os.fork from a thread: the child must not need a lock that a thread of ours held."""
    stop = threading.Event()
    statuses: list[ExitStatus] = []

    def busy() -> None:
        while not stop.is_set():
            sorted(str(number) for number in range(100))

    threads = [threading.Thread(target=busy) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        spawner = threading.Thread(target=lambda: statuses.extend(finish(plan(f"exit {n}")) for n in range(20)))
        spawner.start()
        spawner.join()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert statuses == [ExitStatus.exited(n) for n in range(20)]


def test_children_can_be_started_side_by_side() -> None:
    all_spawned = [spawn(plan(f"exit {n}")) for n in range(10)]
    assert [read_report(spawned) for spawned in all_spawned] == [None] * 10
    assert [end_of(spawned).code for spawned in all_spawned] == list(range(10))


def test_what_the_starter_had_buffered_is_not_written_by_the_child(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file:
        file.write("once")
        assert finish(plan("exit 0")).success
        failure(plan("", ChangeDirectory("/no/such")))
    assert (tmp_path / "file").read_text() == "once"
