"""Whatever goes wrong, `reverie` says it in one line on stderr, ends with the promised status, and leaves nothing."""

import os
import platform
import shutil
import signal
import stat
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reverie_examples.running import REVERIE, Finished, Lifeline, finish, lines_of, reverie, start, the_one_line
from tests.support.needs import needs

PYTHON = sys.executable

MakeFile = Callable[..., Path]


@pytest.fixture
def executable(tmp_path: Path) -> MakeFile:
    """Make a file with execute permission."""

    def make(content: bytes, name: str = "program") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        path.chmod(0o755)
        return path

    return make


def refused(run: Finished, status: int, *named: str) -> str:
    """Check that the run failed with this status and one line that has these words; return the line."""
    line = the_one_line(run)
    assert (run.returncode, run.stdout) == (status, b""), line
    for word in named:
        assert word in line, line
    return line


# What cannot be executed


@pytest.mark.parametrize("tool", ["noop", "counter1", "counter2", "strace"])
@pytest.mark.parametrize("name", ["no-such-program", "./no-such-program", "/no/such/program", ""])
def test_a_command_that_does_not_exist(tool: str, name: str) -> None:
    refused(reverie(tool, name), 127, name)


def test_a_file_in_place_of_a_folder() -> None:
    refused(reverie("noop", "/etc/passwd/program"), 127, "/etc/passwd/program")


def test_a_folder(tmp_path: Path) -> None:
    refused(reverie("noop", str(tmp_path)), 126, str(tmp_path), "directory")


def test_a_file_without_permission(tmp_path: Path) -> None:
    (tmp_path / "program").write_text("#!/bin/sh\n")
    refused(reverie("noop", str(tmp_path / "program")), 126, "program", "permission")


def test_a_file_without_permission_in_path(tmp_path: Path) -> None:
    (tmp_path / "found-but-no-program").write_text("#!/bin/sh\n")
    refused(reverie("-E", f"PATH={tmp_path}:/bin", "noop", "found-but-no-program"), 126, "permission")


def test_a_script_whose_interpreter_is_missing(executable: MakeFile) -> None:
    refused(reverie("noop", str(executable(b"#!/no/such/interpreter -x\n"))), 126, "/no/such/interpreter")


def test_a_script_whose_interpreter_may_not_be_executed(executable: MakeFile) -> None:
    refused(reverie("noop", str(executable(b"#!/etc/passwd\n"))), 126, "/etc/passwd")


@pytest.mark.parametrize("content", [b"", b"echo hello\n", b"\x00" * 100, b"\x7fELF", b"#!", b"#!\n", b"\xff\xfe\x00"])
def test_a_file_that_is_no_program(content: bytes, executable: MakeFile) -> None:
    refused(reverie("noop", str(executable(content))), 126, "program")


def elf_of_machine(machine: int) -> bytes:
    """Return /bin/true made a program of another machine."""
    content = bytearray(Path("/bin/true").read_bytes())
    struct.pack_into("<H", content, 18, machine)
    return bytes(content)


@pytest.mark.parametrize(("machine", "name"), [(183, "aarch64"), (243, "RISC-V"), (22, "s390x"), (9999, "9999")])
def test_a_program_of_another_machine(machine: int, name: str, executable: MakeFile) -> None:
    refused(reverie("noop", str(executable(elf_of_machine(machine)))), 126, name, platform.machine())


def test_a_program_cut_short(executable: MakeFile) -> None:
    refused(reverie("noop", str(executable(Path("/bin/true").read_bytes()[:70]))), 126)


def test_a_program_whose_loader_is_missing(executable: MakeFile) -> None:
    content = Path("/bin/true").read_bytes().replace(b"/lib64/ld-linux-x86-64.so.2", b"/lib64/ld-linux-x86-64.so.9")
    run = reverie("noop", str(executable(content)))
    refused(run, 126, "loader")


def test_a_device_and_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o755)
    refused(reverie("noop", str(tmp_path / "pipe")), 126, "regular")
    refused(reverie("noop", "/dev/null"), 126, "regular")


def test_an_argument_that_the_kernel_finds_too_long() -> None:
    """Ours of /proc, since no process could be started with it: a script that becomes too long by its interpreter."""
    run = reverie("-E", "BIG=" + "x" * 120_000, "-E", "BIGGER=" + "y" * 120_000, "noop", "true")
    assert run.returncode == 0  # each within MAX_ARG_STRLEN, 128 KiB
    code = "import os, sys; os.environ['B'] = 'x' * 140_000; os.execv(sys.argv[1], sys.argv[1:])"
    assert finish([PYTHON, "-c", code, REVERIE, "noop", "true"]).returncode == 1  # the kernel's own limit, not ours


I386 = r"""
__asm__(".globl _start\n_start:\n movl $4,%eax\n movl $1,%ebx\n movl $text,%ecx\n movl $6,%edx\n int $0x80\n"
        " movl $1,%eax\n movl $7,%ebx\n int $0x80\n.data\ntext: .ascii \"hello\\n\"\n");
"""


@needs("gcc")
@pytest.mark.parametrize("words", [["noop"], ["noop", "--subscribe", "syscalls"], ["counter1"], ["strace"]], ids=str)
def test_a_32_bit_program_runs(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "i386.c").write_text(I386)
    made = finish(["gcc", "-m32", "-nostdlib", "-static", "-no-pie", "-o", "i386", "i386.c"], cwd=tmp_path)
    if made.returncode != 0:
        pytest.skip("gcc -m32 does not work here: apt-get install gcc-multilib")
    alone = finish([str(tmp_path / "i386")])
    if alone.returncode != 7:
        pytest.skip("this kernel runs no 32-bit programs: one with CONFIG_IA32_EMULATION does")
    run = reverie(*words, str(tmp_path / "i386"))
    assert (run.returncode, run.stdout) == (7, b"hello\n"), run.stderr


# Wrong usage


def test_an_unknown_tool() -> None:
    refused(reverie("starce", "ls"), 2, "'starce'", "strace")
    refused(reverie("zzzzzz", "ls"), 2, "'zzzzzz'", "strace", "noop")


def test_an_unknown_backend() -> None:
    run = reverie("--backend", "ptrac", "noop", "true")
    assert run.returncode in (2, 125)
    refused(run, run.returncode, "'ptrac'", "ptrace")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--no-such-option", "noop", "true"], "--no-such-option"),
        (["-z", "noop", "true"], "-z"),
        (["noop", "--no-such-option", "true"], "--no-such-option"),
        (["--log-level", "loud", "noop", "true"], "loud"),
        (["--backend"], "--backend"),
        (["noop"], "COMMAND"),
        (["noop", "--"], "COMMAND"),
        (["noop", "--subscribe"], "--subscribe"),
        (["list", "extra"], "extra"),
        (["doctor", "--extra"], "--extra"),
        (["strace", "-e", "trace=opnat", "true"], "openat"),
        (["--log-file", "/no/such/folder/log", "noop", "true"], "/no/such/folder/log"),
        (["-E", "=x", "noop", "true"], "=x"),
        (["-E", "", "noop", "true"], "-E"),
    ],
    ids=str,
)
def test_wrong_usage(words: list[str], named: str) -> None:
    refused(reverie(*words), 2, named)


# The output of a tool


def test_a_trace_into_a_missing_folder(tmp_path: Path) -> None:
    refused(
        reverie("strace", "-o", str(tmp_path / "missing" / "trace"), "touch", str(tmp_path / "made")),
        125,
        "missing/trace",
        "No such file",
    )
    assert not (tmp_path / "made").exists()


def test_a_trace_into_a_folder(tmp_path: Path) -> None:
    run = reverie("strace", "-o", str(tmp_path), "true")
    assert run.returncode in (2, 125)
    refused(run, run.returncode, str(tmp_path))


@pytest.mark.parametrize("options", [[], ["-c"], ["--json"], ["-e", "trace=none"]], ids=str)
def test_a_full_disk(options: list[str]) -> None:
    with Lifeline() as lifeline:
        words = ["strace", "-o", "/dev/full", *options, "bash", "-c", "(true) & exit 3"]
        refused(reverie(*words, **lifeline.options), 125, "/dev/full", "No space left on device")
        lifeline.wait()


def test_a_full_disk_while_others_are_blocked() -> None:
    """The guest's children that wait for nothing are gone as well."""
    with Lifeline() as lifeline:
        script = f"sleep 600 <&{lifeline.writing} & setsid sleep 600 & exec true"
        words = ["strace", "-o", "/dev/full", "-e", "trace=exit_group", "bash", "-c", script]
        refused(reverie(*words, **lifeline.options), 125, "/dev/full")
        lifeline.wait()


def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    script = 'ulimit -f 1; exec "$@"'
    run = finish(
        ["bash", "-c", script, "bash", REVERIE, "strace", "-o", str(tmp_path / "t"), "ls", "-lR", "/usr/share/doc"]
    )
    line = lines_of(run.stderr)
    assert (run.returncode, len(line)) == (125, 1)
    assert "File too large" in line[0]


def test_a_reader_of_the_trace_that_goes_away_ends_the_guest() -> None:
    """As in `reverie strace ... 2>&1 | head -1`."""
    with Lifeline() as lifeline:
        words = ["strace", "bash", "-c", "while :; do echo a > /dev/null; done"]
        with start(*words, stdin=subprocess.DEVNULL, **lifeline.options) as process:
            assert process.stderr is not None
            assert process.stderr.read(1)
            process.stderr.close()
            assert process.wait(50) in (125, -signal.SIGPIPE)
        lifeline.wait()


@pytest.mark.parametrize("tool", ["noop", "counter1", "strace"])
def test_stderr_of_which_the_reader_is_gone_ends_a_writing_tool(tool: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    run = subprocess.run(
        [REVERIE, tool, "sh", "-c", "exit 6"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=writing,
        timeout=50,
    )
    os.close(writing)
    # strace has lines that nobody can read; a counter has one in the end.
    assert run.returncode in ({"noop": [6], "counter1": [6, 125, -13], "strace": [125, -13]}[tool])


# Closed streams


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("tool", ["noop", "counter1", "strace -o /dev/null"])
def test_closed_streams_change_nothing(tool: str, closed: str, tmp_path: Path) -> None:
    """The command finds them closed too, and ends as it would have."""
    code = (
        f"import os; t = os.open('{tmp_path}/fds', 65, 0o600)\n"
        "fds = [fd for fd in range(3) if os.path.exists(f'/proc/self/fd/{fd}') and fd != t]\n"
        "os.write(t, repr(fds).encode()); os._exit(9)"
    )
    results = []
    for prefix in ("", f"{REVERIE} {tool} "):
        run = finish(["bash", "-c", f'{prefix}{PYTHON} -I -S -c "$1" {closed}', "bash", code])
        fds = tmp_path / "fds"
        results.append((run.returncode, run.stdout, run.stderr, fds.read_text() if fds.exists() else None))
        fds.unlink(missing_ok=True)
    if tool == "counter1":
        results = [(status, out, b"", fds) for status, out, _, fds in results]
    assert results[1] == results[0]


def test_a_trace_for_a_closed_stderr_is_refused_or_left_out() -> None:
    run = finish(["bash", "-c", f"{REVERIE} strace echo a 2>&-; echo $?"])
    assert run.stdout in (b"125\n", b"a\n0\n")


@pytest.mark.parametrize("closed", ["2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_failure_that_nobody_can_be_told_of_has_its_status_all_the_same(closed: str) -> None:
    assert finish(["bash", "-c", f"{REVERIE} noop /no/such {closed}"]).returncode == 127
    assert finish(["bash", "-c", f"{REVERIE} strace -o /no/such/trace true {closed}"]).returncode == 125
    assert finish(["bash", "-c", f"{REVERIE} noop --no-such-option true {closed}"]).returncode == 2


# A tool that fails

TOOLS = """
import sys
import click
import reverie
from reverie import GlobalTool, Tid, Tool, rpc
from reverie.cli import cli, main, tool_command

class State(GlobalTool[None]):
    @rpc
    async def fail(self, sender: Tid) -> None: raise RuntimeError("the global state is broken")
    @rpc
    async def take(self, sender: Tid, value: object) -> None: ...
    @rpc
    async def count(self, sender: Tid, value: int) -> None: ...
    @rpc
    async def wrong(self, sender: Tid) -> int: return object()

class NoState(GlobalTool[None]):
    @classmethod
    async def init_global_state(cls, config): raise RuntimeError("no state today")

class NoStart(Tool[NoState, None]): ...

class Fails(Tool[State, None]):
    how = ""
    def __init__(self, pid, config):
        if self.how == "make": raise ValueError("broken on purpose")
    @classmethod
    def subscriptions(cls, config):
        if cls.how == "subscriptions": raise ValueError("broken on purpose")
        return reverie.Subscription.of("getppid")
    def init_thread_state(self, tid, parent):
        if self.how == "thread-state": raise ValueError("broken on purpose")
    async def handle_thread_start(self, guest):
        if self.how == "start": raise ValueError("broken on purpose")
    async def handle_post_exec(self, guest):
        if self.how == "exec": raise ValueError("broken on purpose")
    async def on_exit_thread(self, tid, rpc, state, status):
        if self.how == "exit": raise ValueError("broken on purpose")
    async def on_exit_process(self, pid, rpc, status):
        if self.how == "exit-process": raise ValueError("broken on purpose")
    async def handle_signal_event(self, guest, signal):
        if self.how == "signal": raise ValueError("broken on purpose")
        return "x" if self.how == "signal-answer" else signal
    async def handle_syscall_event(self, guest, call):
        match self.how:
            case "raise": raise ValueError("broken on\\npurpose")
            case "assert": assert guest is None
            case "exit-python": sys.exit(3)
            case "interrupt": raise KeyboardInterrupt
            case "text": return "x"
            case "nothing": return None
            case "float": return 1.5
            case "large": return 1 << 65
            case "global": await guest.call(State.fail)
            case "cannot-cross": await guest.call(State.take, object())
            case "wrong-type": await guest.call(State.count, "x")
            case "wrong-result": await guest.call(State.wrong)
            case "oserror": open("/no/such/log")
            case "recursion": await self.handle_syscall_event(guest, call)
        return await guest.tail_inject(call)

@tool_command("fails")
@click.option("--how")
def fails(launch, how):
    Fails.how = how
    run = launch(NoStart if how == "global-start" else Fails)
    if how == "after": raise ValueError("broken on purpose")
    return run

cli.add_command(fails)
main()
"""

FAILURES = {
    "raise": ["Fails.handle_syscall_event", "ValueError", "broken on purpose", "getppid"],
    "assert": ["Fails.handle_syscall_event", "AssertionError"],
    "exit-python": ["Fails.handle_syscall_event", "SystemExit"],
    "interrupt": ["Fails.handle_syscall_event", "KeyboardInterrupt"],
    "text": ["Fails.handle_syscall_event", "'x'"],
    "nothing": ["Fails.handle_syscall_event", "None"],
    "float": ["Fails.handle_syscall_event", "1.5"],
    "large": ["Fails.handle_syscall_event", str(1 << 65)],
    "global": ["fail", "the global state is broken"],
    "cannot-cross": ["take", "argument"],
    "wrong-type": ["count"],
    "wrong-result": ["wrong"],
    "oserror": ["Fails.handle_syscall_event", "/no/such/log"],
    "recursion": ["Fails.handle_syscall_event", "RecursionError"],
    "make": ["Fails", "broken on purpose"],
    "subscriptions": ["subscriptions", "broken on purpose"],
    "thread-state": ["init_thread_state", "broken on purpose"],
    "start": ["Fails.handle_thread_start", "broken on purpose"],
    "exec": ["Fails.handle_post_exec", "broken on purpose"],
    "exit": ["Fails.on_exit_thread", "broken on purpose"],
    "exit-process": ["Fails.on_exit_process", "broken on purpose"],
    "signal": ["Fails.handle_signal_event", "broken on purpose"],
    "signal-answer": ["Fails.handle_signal_event", "'x'"],
    "global-start": ["NoState.init_global_state", "no state today"],
}

GUEST = """
import os, sys
if os.fork() == 0:
    if os.fork() == 0: os.setsid()
    while True: os.read(int(sys.argv[1]), 1)
os.kill(os.getpid(), 0 if sys.argv[2] != "signal" else 10)
for _ in range(3): os.getppid()
if sys.argv[2] == "exit": os._exit(0)
while True: os.read(int(sys.argv[1]), 1)
"""


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a program that is the `reverie` command with one more tool."""
    path = tmp_path_factory.mktemp("tools") / "tools.py"
    path.write_text(TOOLS)
    return path


def fail(tools: Path, how: str, *options: str) -> Finished:
    """Run the failing tool on a guest of three processes that wait for ever, one of them a daemon."""
    ends = {"exit": "exit", "exit-process": "exit", "signal": "signal", "signal-answer": "signal"}.get(how, "wait")
    waiting, unused = os.pipe()
    with Lifeline() as lifeline:
        words = [
            PYTHON,
            str(tools),
            *options,
            "fails",
            "--how",
            how,
            PYTHON,
            "-I",
            "-S",
            "-c",
            GUEST,
            str(waiting),
            ends,
        ]
        try:
            run = finish(words, pass_fds=(waiting, lifeline.writing))
            lifeline.wait()
        finally:
            os.close(waiting)
            os.close(unused)
    return run


@pytest.mark.parametrize("how", FAILURES)
def test_a_tool_that_fails(how: str, tools: Path) -> None:
    run = fail(tools, how)
    line = refused(run, 125, *FAILURES[how])
    assert "Please report" not in line


@pytest.mark.parametrize("how", ["raise", "global", "exit", "global-start", "subscriptions"])
def test_where_a_tool_failed_is_told_when_asked(how: str, tools: Path) -> None:
    run = fail(tools, how, "--log-level", "debug")
    text = run.stderr.decode()
    assert run.returncode == 125
    assert "Traceback (most recent call last)" in text
    assert str(tools) in text
    assert "raise " in text
    assert lines_of(run.stderr)[-1].startswith("reverie: ")


def test_a_command_of_a_tool_that_fails_after_the_run(tools: Path) -> None:
    run = finish([PYTHON, str(tools), "fails", "--how", "after", "true"])
    refused(run, 125, "ValueError", "broken on purpose")


# Surroundings


def test_a_home_less_run() -> None:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("HOME", "USER", "LOGNAME", "XDG_CACHE_HOME")
    }
    assert reverie("strace", "-o", "/dev/null", "echo", "a", env=environment).stdout == b"a\n"


def test_without_path_the_usual_places_are_searched() -> None:
    run = reverie("noop", "echo", "a", env={})
    assert (run.returncode, run.stdout) == (0, b"a\n")


@pytest.mark.parametrize("tool", [["noop"], ["strace", "-o", "/dev/null"], ["counter1"]], ids=str)
def test_a_folder_that_was_deleted(tool: list[str], tmp_path: Path) -> None:
    script = f'mkdir {tmp_path}/gone && cd {tmp_path}/gone && rmdir {tmp_path}/gone && exec "$@"'
    run = finish(["bash", "-c", script, "bash", REVERIE, *tool, "/bin/echo", "a"])
    assert (run.returncode, run.stdout) == (0, b"a\n"), run.stderr
    run = finish(["bash", "-c", script, "bash", REVERIE, "noop", "./program"])
    refused(run, 127, "./program")


def test_a_name_that_is_no_utf8(tmp_path: Path) -> None:
    name = bytes(tmp_path) + b"/\xff\xfe"
    shutil.copy(b"/bin/true", name)
    assert reverie("noop", name).returncode == 0
    os.chmod(name, 0o644)
    run = reverie("noop", name)
    assert run.returncode == 126
    the_one_line(run)
    os.unlink(name)
    run = reverie("noop", name)
    assert run.returncode == 127
    # The bytes themselves, as every other program shows a name in a message.
    assert name in run.stderr


@pytest.mark.parametrize("limit", [64, 32])
def test_few_descriptors_are_enough(limit: int) -> None:
    script = "for i in $(seq 60); do (exit $i) & done; wait; ulimit -n"
    run = finish(
        [
            "bash",
            "-c",
            f'ulimit -n {limit}; exec "$@"',
            "bash",
            REVERIE,
            "strace",
            "-o",
            "/dev/null",
            "bash",
            "-c",
            script,
        ]
    )
    assert (run.returncode, run.stdout) == (0, f"{limit}\n".encode()), run.stderr


@pytest.mark.parametrize("limit", [6, 8, 10, 12])
def test_too_few_descriptors_are_said_in_one_line(limit: int) -> None:
    run = finish(["bash", "-c", f'ulimit -n {limit}; exec "$@"', "bash", REVERIE, "noop", "/bin/echo", "a"])
    if run.returncode == 0:
        assert (run.stdout, run.stderr) == (b"a\n", b"")
        return
    line = refused(run, 125, "open files")
    assert "Please report" not in line


def test_little_memory_is_enough_for_a_small_guest() -> None:
    run = finish(["bash", "-c", 'ulimit -v 600000; exec "$@"', "bash", REVERIE, "counter1", "/bin/echo", "a"])
    assert (run.returncode, run.stdout) == (0, b"a\n"), run.stderr


# An ordinary user

USER = 61234
"""No account has this id: a user without a name, a home or a line in /etc/passwd."""


def as_user(*words: str, limit: int | None = None, env: dict[str, str] | None = None) -> Finished:
    """Run a program as a user that is nobody in particular."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user: run the tests as root for this one")
    if shutil.which("setpriv") is None:
        pytest.skip("needs setpriv: apt-get install util-linux")
    prefix = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--no-new-privs", "--"]
    if finish([*prefix, REVERIE, "--version"], cwd="/", env=env).returncode != 0:
        pytest.skip(f"user {USER} may not read this installation: chmod o+rX the folders on the way to {REVERIE}")
    if limit is not None:
        prefix += ["bash", "-c", f'ulimit -u {limit}; exec "$@"', "bash"]
    return finish([*prefix, *words], cwd="/", env=env)


@pytest.mark.parametrize(
    "tool", [["noop", "--subscribe", "syscalls"], ["counter1"], ["counter2"], ["strace", "-o", "/dev/null"]], ids=str
)
def test_an_ordinary_user(tool: list[str]) -> None:
    run = as_user(REVERIE, *tool, "bash", "-c", "id -u; (exit 3); exit $?", env={"PATH": "/usr/bin:/bin"})
    assert (run.returncode, run.stdout) == (3, f"{USER}\n".encode()), run.stderr


def test_an_ordinary_user_sees_the_doctor() -> None:
    run = as_user(REVERIE, "doctor")
    assert (run.returncode, run.stderr) == (0, b"")
    assert f"user {USER}".encode() in run.stdout


def test_a_program_that_an_ordinary_user_may_not_execute(tmp_path: Path) -> None:
    program = Path("/tmp") / f"reverie-test-{os.getpid()}"
    shutil.copy("/bin/true", program)
    try:
        program.chmod(stat.S_IRWXU)
        refused(as_user(REVERIE, "noop", str(program)), 126, str(program), "permission")
    finally:
        program.unlink()


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
def test_too_few_processes_are_said_in_one_line(limit: int) -> None:
    """RLIMIT_NPROC counts threads; with 1 there is none for the tracer, with 2 none for the guest."""
    run = as_user(REVERIE, "noop", "/bin/echo", "a", limit=limit)
    if run.returncode == 0:
        assert (run.stdout, run.stderr) == (b"a\n", b"")
        return
    line = refused(run, 125)
    assert "Please report" not in line
