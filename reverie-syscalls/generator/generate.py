"""Turn tables/*.toml into src/reverie_syscalls/_generated/; with --check, only compare.

Run as `hatch run generate`, or `python reverie-syscalls/generator/generate.py [--check]`.
Exit status 1: a table is wrong, or --check found a file that differs.
"""

import argparse
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))

from emit_calls import emit_calls  # noqa: E402  # the neighbours, wherever the program is started
from emit_constants import emit_constants  # noqa: E402
from emit_numbers import COMMAND, emit_numbers  # noqa: E402
from mistakes import TableError  # noqa: E402
from reading import read_tables  # noqa: E402
from vocabulary import read_vocabulary  # noqa: E402

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "reverie_syscalls"


def generate(tables: Path, package: Path = PACKAGE) -> dict[str, str]:
    """Return the generated files, by the name they have in `_generated/`.

    Raises:
        TableError: a table is wrong.
    """
    vocabulary = read_vocabulary(package)
    content = read_tables(tables, vocabulary)
    return {
        "numbers.py": emit_numbers(content),
        "calls.py": emit_calls(content, vocabulary),
        "constants.py": emit_constants(vocabulary),
    }


def main(arguments: list[str] | None = None) -> int:
    """Generate or compare, and return the exit status."""
    parser = argparse.ArgumentParser(description="Generate typed system calls from tables.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file would change")
    parser.add_argument("--tables", type=Path, default=ROOT / "tables", help="where the tables are")
    parser.add_argument("--output", type=Path, default=PACKAGE / "_generated", help="where the files go")
    options = parser.parse_args(arguments)
    try:
        files = generate(options.tables)
    except TableError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return check(files, options.output) if options.check else write(files, options.output)


def check(files: dict[str, str], output: Path) -> int:
    """Compare whole files; name those that differ and the command that mends them."""
    stale = [name for name, text in files.items() if _read(output / name) != text]
    for name in stale:
        print(f"{output / name} is not what the tables say; run: {COMMAND}", file=sys.stderr)
    return 1 if stale else 0


def write(files: dict[str, str], output: Path) -> int:
    """Write all files."""
    output.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (output / name).write_text(text, encoding="utf-8")
    return 0


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
