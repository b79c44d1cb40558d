"""The generator: what it writes is what is there, and a wrong table is told in one line."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import reverie_syscalls

GENERATOR = Path(__file__).parents[3] / "reverie-syscalls" / "generator" / "generate.py"
CALL = '[read]\nx86_64 = 0\nargs = ["fd: fd", "buf: out bytes[len; result]", "len: size"]\n'


def run(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run the generator as a user would."""
    return subprocess.run([sys.executable, GENERATOR, *arguments], capture_output=True, text=True, check=False)


def generate(tables: Path, output: Path, content: str) -> "subprocess.CompletedProcess[str]":
    """Write one table and generate from it."""
    (tables / "fs.toml").write_text(content)
    return run("--tables", tables, "--output", output)


def test_the_generated_files_are_what_the_tables_say() -> None:
    checked = run("--check")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_generating_twice_gives_the_same(tmp_path: Path) -> None:
    assert run("--output", tmp_path).returncode == 0
    package = Path(reverie_syscalls.__file__).parent / "_generated"
    for name in ("numbers.py", "calls.py"):
        assert (tmp_path / name).read_bytes() == (package / name).read_bytes()


def test_check_names_the_stale_file_and_the_command(tmp_path: Path) -> None:
    assert generate(tmp_path, tmp_path, CALL).returncode == 0
    assert run("--check", "--tables", tmp_path, "--output", tmp_path).returncode == 0
    with (tmp_path / "calls.py").open("a") as file:
        file.write("# edited by hand\n")
    checked = run("--check", "--tables", tmp_path, "--output", tmp_path)
    assert checked.returncode == 1
    assert checked.stderr == f"{tmp_path / 'calls.py'} is not what the tables say; run: hatch run generate\n"


def test_a_new_description_needs_no_other_change(tmp_path: Path) -> None:
    table = '[keyctl]\nx86_64 = 250\nargs = ["operation: int", "key: in string"]\nreturns = "size"\n'
    assert generate(tmp_path, tmp_path, table).returncode == 0
    text = (tmp_path / "calls.py").read_text()
    spec = importlib.util.spec_from_loader("reverie_syscalls._generated.fresh", loader=None)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    module.__package__ = "reverie_syscalls._generated"
    exec(compile(text, "fresh", "exec"), vars(module))
    call = module.Keyctl(operation=-1, key=0x10)
    assert (call.operation, int(call.key), call.name) == (-1, 0x10, "keyctl")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("[a]\nx86_64 = ", "fs.toml: "),
        ("[a]\n", "fs.toml: a: x86_64 must be the call's number"),
        ("[a]\nx86_64 = 1\nsize = 2\n", "fs.toml: a: unknown key 'size'"),
        ("[a]\nx86_64 = 1\n[b]\nx86_64 = 1\n", "b: x86_64 number 1 is already taken by a"),
        ('[a]\nx86_64 = 1\nclasses = ["fiel"]\n', "fs.toml: a: unknown class 'fiel'"),
        ('[a]\nx86_64 = 1\nreturns = "lots"\n', "fs.toml: a: unknown result 'lots'"),
        ('[a]\nx86_64 = 1\nargs = ["flags"]\n', "fs.toml: a, argument 'flags': expected 'name: type'"),
        ('[a]\nx86_64 = 1\nargs = ["x: itn"]\n', "fs.toml: a, argument 'x': unknown type 'itn'"),
        ('[a]\nx86_64 = 1\nargs = ["f: flags Open"]\n', "fs.toml: a, argument 'f': unknown flags 'Open'"),
        ('[a]\nx86_64 = 1\nargs = ["p: in Stta"]\n', "fs.toml: a, argument 'p': a pointer to 'Stta'?"),
        ('[a]\nx86_64 = 1\nargs = ["p: in bytes"]\n', "fs.toml: a, argument 'p': bytes needs a length"),
        ('[a]\nx86_64 = 1\nargs = ["p: in bytes[n]"]\n', "fs.toml: a, argument 'p': no argument 'n'"),
        ('[a]\nx86_64 = 1\nargs = ["name: in path"]\n', "fs.toml: a, argument 'name': this name is taken"),
        ('[a]\nx86_64 = 1\nargs = ["x: int", "x: int"]\n', "fs.toml: a: two arguments have the same name"),
        (
            '[a]\nx86_64 = 1\nargs = ["f: flags OpenFlags", "m: mode when f has O_CREATE"]\n',
            "fs.toml: a, argument 'm': OpenFlags has no 'O_CREATE'",
        ),
        (
            '[a]\nx86_64 = 1\nargs = ["c: enum FcntlCommand", "x: union nothing by c"]\n',
            "a, argument 'x': there is no [union.nothing]",
        ),
        (
            '[a]\nx86_64 = 1\nargs = ["a: int", "b: int", "c: int", "d: int", "e: int", "f: int", "g: int"]\n',
            "fs.toml: a: 7 arguments, but a system call has at most 6",
        ),
    ],
)
def test_a_wrong_table_is_told_in_one_line(table: str, message: str, tmp_path: Path) -> None:
    failed = generate(tmp_path, tmp_path, table)
    assert failed.returncode == 1
    assert failed.stderr.startswith(f"error: {message}")
    assert failed.stderr.count("\n") == 1
    assert not (tmp_path / "calls.py").exists()
