"""Run mypy over the programs of this folder: what should pass passes, and nothing else.

A line that mypy should refuse ends in `# expect-error: <code>`. Programs are never run.
"""

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

Lines = set[tuple[str, int, str]]
"""File name, line, error code."""


def refused(programs: list[Path]) -> Lines:
    """Return the lines that mypy refuses."""
    words = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]
    words += ["--no-pretty", "--hide-error-context", "--no-error-summary", *map(str, programs)]
    result = subprocess.run(words, capture_output=True, text=True, cwd=ROOT)
    assert not result.stderr, result.stderr
    found = re.findall(r"^(.+?):(\d+): error: .*\[([\w-]+)\]$", result.stdout, re.MULTILINE)
    assert len(found) == result.stdout.count(": error: "), result.stdout
    return {(Path(name).name, int(line), code) for name, line, code in found}


def expected(programs: list[Path]) -> Lines:
    """Return the lines that say that they are wrong."""
    return {
        (path.name, number, match[1])
        for path in programs
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (match := re.search(r"# expect-error: ([\w-]+)$", line))
    }


def test_mypy_refuses_exactly_the_marked_lines() -> None:
    programs = [path for path in sorted(HERE.glob("*.py")) if path != Path(__file__)]
    if programs:
        assert refused(programs) == expected(programs)


def test_a_wrong_line_and_a_wrong_mark_are_found(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "x: int = 'a'\ny: int = 'b'  # expect-error: assignment\nz: int = 1  # expect-error: assignment\n"
    )
    assert refused([program]) - expected([program]) == {("program.py", 1, "assignment")}
    assert expected([program]) - refused([program]) == {("program.py", 3, "assignment")}
