"""Compile the guests of tests/guests, each once for its source, flags and compiler."""

import functools
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

GUESTS = Path(__file__).parent.parent / "guests"
CACHE = Path(__file__).parent.parent.parent / ".hatch" / "guests"
FLAGS = ("-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-pthread")

CompileGuest = Callable[..., Path]
"""What the `guest` fixture gives: `guest(name, flags=())` returns the program's path."""


class NoCompiler(Exception):
    """No C compiler was found."""


@functools.cache
def compiler() -> tuple[str, ...]:
    """Return the words that start the C compiler: cc, gcc, or zig's from PyPI."""
    for name in ("cc", "gcc"):
        if path := shutil.which(name):
            return (path,)
    if importlib.util.find_spec("ziglang"):
        # zig adds the undefined-behaviour sanitizer unless told not to; its traps would be events.
        return (sys.executable, "-m", "ziglang", "cc", "-fno-sanitize=undefined")
    raise NoCompiler("no C compiler: apt-get install gcc, or pip install ziglang")


def compile_guest(name: str, flags: tuple[str, ...] = (), *, source: Path = GUESTS, cache: Path = CACHE) -> Path:
    """Return the path of the program made from `<name>.c`, compiling it if it is not there yet.

    The program's own file is called `name`, so that is what it is called in the guest too.

    Raises:
        FileNotFoundError: there is no such guest.
        NoCompiler: it has to be compiled and nothing can.
        AssertionError: the compiler refused it; its output is the message.
    """
    code = source / f"{name}.c"
    folder = cache / f"{name}-{_key(code, sorted(source.glob('*.h')), flags)}"
    program = folder / name
    if not program.exists():
        _compile(code, program, flags)
    return program


def _key(code: Path, headers: list[Path], flags: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    sources = [path.read_bytes() for path in (code, *headers)]
    for part in (*sources, repr((FLAGS, flags)).encode(), _version()):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:16]


@functools.cache
def _version() -> bytes:
    words = [*compiler(), "--version"]
    return repr(words).encode() + subprocess.run(words, capture_output=True, check=True).stdout


def _compile(code: Path, program: Path, flags: tuple[str, ...]) -> None:
    program.parent.parent.mkdir(parents=True, exist_ok=True)
    # Two runs may compile the same guest at once: each works apart, and a rename is atomic.
    with tempfile.TemporaryDirectory(dir=program.parent.parent) as scratch:
        made = Path(scratch) / program.name
        words = [*compiler(), *FLAGS, *flags, "-o", str(made), str(code)]
        environment = {"ZIG_GLOBAL_CACHE_DIR": str(program.parent.parent / "zig"), **os.environ}
        result = subprocess.run(words, capture_output=True, text=True, env=environment)
        assert result.returncode == 0, f"cannot compile {code}:\n{result.stderr}"
        program.parent.mkdir(exist_ok=True)
        made.replace(program)
