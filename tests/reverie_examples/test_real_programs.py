"""Real programs do under every tool what they do without one: the same output, the same end."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.reverie_examples.conftest import MakeFolder, Words, tool_words
from tests.reverie_examples.running import REVERIE, Finished, finish, read_line, reverie, start
from tests.support.needs import needs

PYTHON = sys.executable


def the_same(tool: Words, words: Words, *, stdin: bytes = b"", **options: Any) -> Finished:
    """Run a program alone and under a tool, compare, and return the first of the runs."""
    alone = finish(words, stdin=stdin, **options)
    traced = reverie(*tool, *words, stdin=stdin, **options)
    assert _outcome(traced) == _outcome(alone), traced.stderr.decode(errors="replace")[-2000:]
    return alone


def _outcome(run: Finished) -> tuple[int, bytes]:
    return run.returncode, run.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a tree of 20 folders with 200 files and links."""
    root = tmp_path_factory.mktemp("tree")
    for number in range(200):
        path = root / f"d{number % 20}" / f"file-{number}.h"
        path.parent.mkdir(exist_ok=True)
        path.write_text("x" * number)
        path.with_suffix(".link").symlink_to(path)
    return root


def test_ls_of_a_tree(tool: Words, tree: Path) -> None:
    alone = the_same(tool, ["ls", "-lR", str(tree)])
    assert alone.stdout.count(b"\n") > 400


def test_ls_of_all_documentation(tmp_path: Path) -> None:
    the_same(tool_words("strace", tmp_path / "trace"), ["ls", "-lR", "/usr/share/doc"])


def test_find_counts_headers(tool: Words, tree: Path) -> None:
    alone = the_same(tool, ["sh", "-c", f"find {tree} -xdev -name '*.h' | wc -l"])
    assert alone.stdout.split() == [b"200"]


def test_find_of_all_that_is_installed() -> None:
    # Not of /: elsewhere other programs make and remove files between the two runs.
    alone = the_same(["counter2"], ["sh", "-c", "find /usr/include /usr/lib /usr/share -xdev -name '*.h' | wc -l"])
    assert alone.returncode == 0


def test_a_pipeline_and_a_false_command(tool: Words) -> None:
    alone = the_same(tool, ["bash", "-c", "seq 1 1000 | sort -r | head -3; false"])
    assert _outcome(alone) == (1, b"999\n998\n997\n")


EIGHT_THREADS = """
import threading
lock, total = threading.Lock(), 0
def add(number):
    global total
    for _ in range(100):
        with lock:
            total += number
threads = [threading.Thread(target=add, args=(n,)) for n in range(8)]
for t in threads: t.start()
for t in threads: t.join()
print(total)
"""

SUBPROCESSES = """
import subprocess, sys
print(subprocess.run(["echo", "one"], capture_output=True, text=True).stdout)
print(subprocess.run("echo two | tr a-z A-Z; exit 5", shell=True, capture_output=True, text=True))
child = subprocess.Popen([sys.executable, "-c", "import sys; print(sys.stdin.read()[::-1])"],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
print(child.communicate("three"))
killed = subprocess.Popen(["sleep", "600"]); killed.terminate(); print(killed.wait())
try: subprocess.run(["/no/such/program"])
except FileNotFoundError as error: print(error)
"""

POOL = """
import multiprocessing, sys
if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    with context.Pool(2) as pool:
        print(pool.map(abs, range(-50, 0)))
"""

ASYNCIO = """
import asyncio
async def run(word):
    child = await asyncio.create_subprocess_exec("sh", "-c", f"read x; echo {word} $x; exit 4",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    out, _ = await child.communicate(b"hello\\n")
    return word, out, child.returncode
async def main(): print(await asyncio.gather(*(run(n) for n in range(4))))
asyncio.run(main())
"""

FORKS = """
import os
statuses = []
for number in range(500):
    pid = os.fork()
    if pid == 0: os._exit(number % 256)
    statuses.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
print(statuses == [n % 256 for n in range(500)], sum(statuses))
"""

SHORT_LIVED_THREADS = """
import threading
done = []
for batch in range(40):
    threads = [threading.Thread(target=done.append, args=(batch * 50 + n,)) for n in range(50)]
    for t in threads: t.start()
    for t in threads: t.join()
print(len(done), sum(done))
"""

SQLITE = """
import sqlite3
with sqlite3.connect("data.db") as base:
    base.execute("pragma journal_mode=wal")
    base.execute("create table t (n integer primary key, text)")
    base.executemany("insert into t values (?, ?)", ((n, str(n) * 10) for n in range(2000)))
print(base.execute("select count(*), sum(length(text)) from t where text like '%7%'").fetchall())
base.close()
"""


@pytest.mark.parametrize(
    "words",
    [
        pytest.param([EIGHT_THREADS], id="threads"),
        pytest.param([SUBPROCESSES], id="subprocess"),
        pytest.param([POOL, "fork"], id="multiprocessing-fork"),
        pytest.param([POOL, "spawn"], id="multiprocessing-spawn"),
        pytest.param([ASYNCIO], id="asyncio"),
        pytest.param([FORKS], id="500-forks"),
        pytest.param([SHORT_LIVED_THREADS], id="2000-threads"),
    ],
)
def test_python(tool: Words, words: Words) -> None:
    alone = the_same(tool, [PYTHON, "-c", *words])
    assert alone.returncode == 0, alone.stderr
    assert alone.stdout


def test_sqlite(tool: Words, folder: MakeFolder) -> None:
    words = [PYTHON, "-c", SQLITE]
    alone = finish(words, cwd=folder("alone"))
    assert alone.returncode == 0, alone.stderr
    assert _outcome(reverie(*tool, *words, cwd=folder("traced"))) == _outcome(alone)


HELLO = '#include <stdio.h>\nint main(int n, char **v) { printf("hello %d\\n", n); return 3; }\n'
COMPILE_AND_RUN = "gcc -O1 -o hello hello.c && ./hello a b"


@needs("gcc")
def test_a_compiler_and_what_it_made(tool: Words, folder: MakeFolder) -> None:
    outcomes = []
    for words, place in (([], "alone"), ([REVERIE, *tool], "traced")):
        here = folder(place)
        (here / "hello.c").write_text(HELLO)
        outcomes.append(_outcome(finish([*words, "sh", "-c", COMPILE_AND_RUN], cwd=here)))
    assert outcomes == [(3, b"hello 3\n")] * 2


GIT = """
git init -q . && echo one > a && git add a && git commit -q -m first &&
echo two >> a && git commit -q -a -m second && git log --format='%H %an %s' --stat && git fsck
"""


@needs("git")
def test_git(tool: Words, folder: MakeFolder) -> None:
    who = {"NAME": "A. Tester", "EMAIL": "tester@example.org", "DATE": "2020-02-02T02:02:02Z"}
    environment = dict(os.environ, GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL=os.devnull)
    environment |= {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    words = ["sh", "-c", GIT]
    alone = finish(words, cwd=folder("alone"), env=environment)
    assert alone.returncode == 0, alone.stderr
    assert alone.stdout.count(b"A. Tester") == 2
    assert _outcome(reverie(*tool, *words, cwd=folder("traced"), env=environment)) == _outcome(alone)


MAKEFILE = """
parts := $(foreach n,1 2 3 4 5 6 7 8,part$(n))
all: $(parts); cat $(parts)
part%: ; seq $* | tr '\\n' ' ' > $@; echo made $* >> $@
"""


@needs("make")
def test_make_with_four_jobs(tool: Words, folder: MakeFolder) -> None:
    outcomes = []
    for words, place in (([], "alone"), ([REVERIE, *tool], "traced")):
        here = folder(place)
        (here / "Makefile").write_text(MAKEFILE)
        outcomes.append(_outcome(finish([*words, "make", "-s", "-j4"], cwd=here)))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][1].count(b"made") == 8


PERL = """
$| = 1; my @n = map { $_ * 2 } 1..10; print "@n\\n";
open(my $child, "-|", "echo", "from a child") or die; print <$child>; close $child;
my $pid = fork // die; if (!$pid) { exit 9 } waitpid($pid, 0); print $? >> 8, "\\n";
local $SIG{USR1} = sub { print "signal\\n" }; kill USR1 => $$; exit 6;
"""


@needs("perl")
def test_perl(tool: Words) -> None:
    alone = the_same(tool, ["perl", "-e", PERL])
    assert alone.returncode == 6
    assert alone.stdout.endswith(b"from a child\n9\nsignal\n")


NODE = """
const { execFileSync } = require("child_process"), fs = require("fs");
console.log(execFileSync("echo", ["from a child"]).toString().trim());
fs.readFile("/etc/passwd", (error, data) => { console.log(data.length > 0);
  setTimeout(() => { console.log("late"); process.exitCode = 5; }, 5); });
"""


@needs("node")
def test_node(tool: Words) -> None:
    alone = the_same(tool, ["node", "-e", NODE])
    assert _outcome(alone) == (5, b"from a child\ntrue\nlate\n")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        pytest.param("import ctypes; print(1, flush=True); ctypes.string_at(0)", -signal.SIGSEGV, id="segfault"),
        pytest.param("import os; print(1, flush=True); os.abort()", -signal.SIGABRT, id="abort"),
        pytest.param("import os; print(1, flush=True); os.kill(os.getpid(), 9)", -signal.SIGKILL, id="SIGKILL"),
        pytest.param("import os; print(1, flush=True); os.kill(os.getpid(), 12)", -signal.SIGUSR2, id="SIGUSR2"),
        pytest.param("print(1); raise SystemExit(42)", 42, id="exit-42"),
        pytest.param("print(1); raise SystemExit(255)", 255, id="exit-255"),
    ],
)
def test_the_end_of_a_program(tool: Words, code: str, status: int, tmp_path: Path) -> None:
    # A core file, if this machine writes any, goes to the test's own folder.
    alone = the_same(tool, [PYTHON, "-c", code], cwd=tmp_path)
    assert _outcome(alone) == (status, b"1\n")


def test_stdin_from_a_pipe(tool: Words) -> None:
    data = os.urandom(1 << 20)
    alone = the_same(tool, ["cat"], stdin=data)
    assert alone.stdout == data


def test_lines_from_a_pipe(tool: Words) -> None:
    the_same(tool, ["sh", "-c", "while read x; do echo got $x; done; exit 8"], stdin=b"a\nb\nc\n")


def test_a_pipe_within_the_guest_that_closes_early(tool: Words) -> None:
    alone = the_same(tool, ["bash", "-c", "yes | head -1; echo ${PIPESTATUS[@]}"])
    assert alone.stdout == b"y\n141 0\n"


def test_our_own_reader_closes_early(tool: Words) -> None:
    with start(*tool, "yes", stdin=subprocess.DEVNULL) as process:
        assert read_line(process) == b"y\n"
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(30) == -signal.SIGPIPE


def test_a_reader_that_closes_early_in_a_shell(tool: Words) -> None:
    words = ["bash", "-c", '"$@" | head -1; echo ${PIPESTATUS[@]}', "bash", REVERIE, *tool, "yes"]
    assert finish(words).stdout == b"y\n141 0\n"


def test_a_thousand_arguments_and_a_large_environment(tool: Words) -> None:
    environment = dict(os.environ) | {f"VARIABLE_{n}": "v" * 500 for n in range(500)}
    words = [PYTHON, "-c", "import os, sys; print(sys.argv, sorted(os.environ.items()))", *map(str, range(1000))]
    the_same(tool, words, env=environment)


def test_words_and_variables_that_are_no_utf8(tool: Words) -> None:
    environment = dict(os.environb) | {b"V": b"\xff\xfe"}
    words = [b"sh", b"-c", b'printf "%s|" "$@" "$V"', b"sh", b"\xff\xfe", b"", b"a b", b"-x", b"--", "é".encode()]
    alone = finish(words, env=environment)
    assert alone.stdout == b"\xff\xfe||a b|-x|--|\xc3\xa9|\xff\xfe|"
    assert _outcome(reverie(*tool, *words, env=environment)) == _outcome(alone)
