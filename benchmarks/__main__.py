"""The command line: ``python -m benchmarks``, from the top of the checkout."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from benchmarks.contenders import DEBIAN_PACKAGES
from benchmarks.errors import BenchmarkError
from benchmarks.figures import Placement, Result
from benchmarks.machine import Machine
from benchmarks.measure import Measurer
from benchmarks.programs import compile_programs
from benchmarks.report import heading, line, to_json
from benchmarks.rows import FULL, QUICK, ROWS, Row, choose

_RUNS: Final = 7
_QUICK_RUNS: Final = 3
_PLACEMENTS: Final[tuple[Placement, ...]] = ("pinned", "free")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Complain in one line, where argparse would print its usage before."""
        self.exit(2, f"benchmarks: {message} (--help tells more)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return the exit status."""
    options = _parser().parse_args(arguments)
    if options.list:
        for row in ROWS:
            print(f"{row.name:<17} {row.about}: {row.ours.name} / {row.peer.name}")
        return 0
    try:
        _benchmark(choose(options.only), options.runs, options.quick, options.json)
    except BenchmarkError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m benchmarks", description="What interception costs here, side by side with strace.")
    parser.add_argument("--runs", type=_positive, metavar="N", help=f"runs of each contender; {_RUNS} unless --quick")
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK_RUNS} short runs: does it work? Trust no figure")
    parser.add_argument("--only", action="append", default=[], metavar="ROW", help="measure this row; may be repeated")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there, for machines")
    parser.add_argument("--list", action="store_true", help="say what the rows are, and measure nothing")
    return parser


def _positive(word: str) -> int:
    if word.isdecimal() and int(word) > 0:
        return int(word)
    raise argparse.ArgumentTypeError(f"{word!r} is no number of runs: give 1 or more")


def _benchmark(rows: Sequence[Row], runs: int | None, quick: bool, file: Path | None) -> None:
    if file is not None:
        _write(file, "")  # to learn now that it cannot be written, and not after minutes
    runs = runs or (_QUICK_RUNS if quick else _RUNS)
    missing = {row.peer.needs for row in rows if row.peer.needs and not row.peer.is_here}
    for program in sorted(missing):
        package = DEBIAN_PACKAGES[program]
        print(f"{program} is missing, its columns are left out: apt-get install {package}", file=sys.stderr)
    machine = Machine.look()
    cpu = max(os.sched_getaffinity(0))
    measurer = Measurer(compile_programs(), QUICK if quick else FULL, runs, cpu)
    with_peers = any(row.peer.is_here for row in rows)
    print(*heading(machine, runs, with_peers=with_peers), sep="\n", flush=True)
    results: list[Result] = []
    for row in rows:
        for placement in _PLACEMENTS:
            results.append(measurer.measure(row, placement))
            print(line(results[-1]), flush=True)
    if file is not None:
        _write(file, to_json(machine, runs, quick, results))


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text)
    except OSError as error:
        raise BenchmarkError(f"cannot write {file}: {error.strerror}") from error


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` is no error
    sys.exit(main())
