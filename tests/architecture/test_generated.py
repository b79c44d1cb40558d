"""The generated files are what the tables say; and an edited one is found."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.source_tree import GENERATED, ROOT

PACKAGE = ROOT / "reverie-syscalls"


def check(package: Path) -> subprocess.CompletedProcess[str]:
    """Run a package's generator to compare only."""
    words = [sys.executable, str(package / "generator" / "generate.py"), "--check"]
    return subprocess.run(words, capture_output=True, text=True)


def test_the_generated_files_are_what_the_tables_say() -> None:
    result = check(PACKAGE)
    assert result.returncode == 0, result.stdout + result.stderr


def test_an_edited_file_is_found(tmp_path: Path) -> None:
    copy = tmp_path / PACKAGE.name
    shutil.copytree(PACKAGE, copy)
    assert check(copy).returncode == 0
    edited = min(copy.glob(f"src/reverie_syscalls/{GENERATED}/[a-z]*.py"))
    edited.write_text(edited.read_text() + "# edited\n")
    result = check(copy)
    assert result.returncode != 0
    assert edited.name in result.stdout + result.stderr
    assert "generate" in result.stdout + result.stderr  # the command that mends it
