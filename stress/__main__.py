"""The command line: ``python -m stress``, from the top of the checkout."""

import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import click

from stress.cpython import CPython
from stress.errors import StressError
from stress.leftovers import become_reaper
from stress.outcomes import Comparison
from stress.report import details, heading, line, summary
from stress.running import Runner
from stress.stress_ng import StressNg
from stress.ways import TOOLS, Way

_DIFFERS: Final = 1
_MISSING: Final = 3
_SUITES: Final = {"stress-ng": ("noop", "strace"), "cpython": ("noop", "inject")}
"""The suites, each with the tools that it is run under unless others are chosen."""


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option("--suite", "suites", multiple=True, type=click.Choice(list(_SUITES)), help="Which; all unless said.")
@click.option("--tool", "tools", multiple=True, type=click.Choice(list(TOOLS)), help="Under which; may be repeated.")
@click.option("--stressor", "stressors", multiple=True, metavar="NAME", help="Only this of stress-ng's.")
@click.option("--test", "tests", multiple=True, metavar="MODULE", help="Only this of CPython's: test_os.")
@click.option("--seconds", default=2, show_default=True, type=click.IntRange(1), help="How long a stressor runs.")
@click.option("--again", default=2, show_default=True, type=click.IntRange(0), help="Runs more of what differs.")
@click.option("--python", default=sys.executable, metavar="FILE", help="Whose tests; this interpreter's unless said.")
@click.option("--keep", type=click.Path(path_type=Path), metavar="FOLDER", help="Put the output of each run there.")
def main(
    suites: tuple[str, ...],
    tools: tuple[str, ...],
    stressors: tuple[str, ...],
    tests: tuple[str, ...],
    seconds: int,
    again: int,
    python: str,
    keep: Path | None,
) -> None:
    """Run big programs natively and under tools that change nothing, and compare what they find.

    The exit status is 1 when something differs, and 3 when a suite's program is not installed.
    """
    become_reaper()
    runner = Runner(keep)
    chosen = suites or [name for name, only in (("stress-ng", stressors), ("cpython", tests)) if only] or list(_SUITES)
    parts: dict[str, Iterator[Comparison]] = {}
    for name in chosen:
        ways = [TOOLS[tool] for tool in tools or _SUITES[name]]
        parts[name] = _suite(
            name, ways, StressNg(runner, seconds, again), stressors, CPython(runner, python, again), tests
        )
    raise SystemExit(_report(parts))


def _suite(
    name: str,
    ways: Sequence[Way],
    stress_ng: StressNg,
    stressors: Sequence[str],
    cpython: CPython,
    tests: Sequence[str],
) -> Iterator[Comparison]:
    return stress_ng.compare_all(stressors, ways) if name == "stress-ng" else cpython.compare_all(tests, ways)


def _report(parts: dict[str, Iterator[Comparison]]) -> int:
    """Print the tables; return the exit status."""
    status = 0
    found: list[Comparison] = []
    for name, comparisons in parts.items():
        try:
            _table(comparisons, found, every=name == "stress-ng")
        except StressError as error:
            print(f"stress: {error}", file=sys.stderr)
            status = _MISSING
    differing = [comparison for comparison in found if comparison.agreement == "differs"]
    print()
    for comparison in differing:
        print(*details(comparison), sep="\n")
    print(*summary(found), sep="\n")
    return _DIFFERS if differing else status


def _table(comparisons: Iterable[Comparison], found: list[Comparison], *, every: bool) -> None:
    """Print rows as they come: every one, or only those that are not as natively."""
    print(*heading(), sep="\n", flush=True)
    for comparison in comparisons:
        found.append(comparison)
        if every or comparison.agreement != "same":
            print(line(comparison), flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` is no error
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # killing what it has started
    main(prog_name="python -m stress")
