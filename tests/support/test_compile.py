"""Guests are compiled once, and again whenever what they are made of changes."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.compile import GUESTS, CompileGuest, compile_guest


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Give a folder with one guest."""
    folder = tmp_path / "guests"
    folder.mkdir()
    for name in ("guest.h", "exit42.c"):
        shutil.copy(GUESTS / name, folder)
    return folder


def test_a_guest_runs(guest: CompileGuest) -> None:
    program = guest("exit42")
    assert program.name == "exit42"
    assert subprocess.run([program]).returncode == 42


def test_a_guest_is_compiled_once(source: Path, tmp_path: Path) -> None:
    first = compile_guest("exit42", source=source, cache=tmp_path / "cache")
    made = first.stat().st_mtime_ns
    assert compile_guest("exit42", source=source, cache=tmp_path / "cache") == first
    assert first.stat().st_mtime_ns == made


@pytest.mark.parametrize("name", ["exit42.c", "guest.h"])
def test_a_change_of_a_source_compiles_anew(name: str, source: Path, tmp_path: Path) -> None:
    first = compile_guest("exit42", source=source, cache=tmp_path / "cache")
    with (source / name).open("a") as file:
        file.write("/* changed */\n")
    assert compile_guest("exit42", source=source, cache=tmp_path / "cache") != first


def test_other_flags_make_another_program(source: Path, tmp_path: Path) -> None:
    first = compile_guest("exit42", source=source, cache=tmp_path / "cache")
    second = compile_guest("exit42", ("-DX=1",), source=source, cache=tmp_path / "cache")
    assert first != second


def test_a_guest_that_does_not_compile_fails_with_the_compilers_words(source: Path, tmp_path: Path) -> None:
    (source / "broken.c").write_text('#include "guest.h"\nint main(void) { return nothing; }\n')
    with pytest.raises(AssertionError, match="nothing"):
        compile_guest("broken", source=source, cache=tmp_path / "cache")


def test_the_readme_lists_every_guest() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", (GUESTS / "README.md").read_text(), re.MULTILINE)
    assert listed == sorted(path.stem for path in GUESTS.glob("*.c"))
