"""The command line: ``python -m torture``, from the top of the checkout."""

import sys
import time
from collections.abc import Iterator
from itertools import count, repeat
from typing import Final, cast

import click

from reverie.backend import EventLoop
from torture.errors import TortureError
from torture.program import compile_program
from torture.report import Summary, failure
from torture.rounds import Limits, Round, play
from torture.temper import Aim

_SEED: Final = 1
_TELL_SECONDS: Final = 30.0
_SLOW_SECONDS: Final = 10.0
"""A round that takes so long is told of, though it did end: a tracee may have been kept waiting."""


@click.command(help=__doc__)
@click.option("--minutes", type=float, default=1.0, show_default=True, help="How long to go on.")
@click.option("--seed", type=int, default=_SEED, show_default=True, help="The first round's; each next one adds 1.")
@click.option("--rounds", type=click.IntRange(1), help="Stop after so many rounds, however long they take.")
@click.option("--same", is_flag=True, help="Every round has the same seed: what happens is a matter of time too.")
@click.option("--keep-going", is_flag=True, help="Go on after a failure.")
@click.option("--aim", type=click.Choice([aim.name.lower() for aim in Aim]), help="What all rounds are about.")
@click.option("--loop", "event_loop", type=click.Choice(["asyncio", "trio"]), help="The loop of all rounds.")
@click.option("--limit", type=float, default=60.0, show_default=True, help="Seconds after which a run hangs.")
@click.option("--native/--no-native", default=True, help="Also run each guest without a tracer.")
def main(
    minutes: float,
    seed: int,
    rounds: int | None,
    same: bool,
    keep_going: bool,
    aim: str | None,
    event_loop: str | None,
    limit: float,
    native: bool,
) -> None:
    """Run rounds until the time is up or one fails."""
    limits = Limits(limit, Aim[aim.upper()] if aim else None, cast("EventLoop | None", event_loop), native)
    print(f"rounds from seed {seed} on", flush=True)
    seeds = repeat(seed) if same else count(seed)
    try:
        summary = torture(seeds, limits, minutes=minutes, rounds=rounds, keep_going=keep_going)
    except TortureError as error:
        print(f"torture: {error}", file=sys.stderr)
        sys.exit(2)
    sys.exit(1 if summary.failed or summary.memory.complaint() else 0)


def torture(
    seeds: Iterator[int], limits: Limits, *, minutes: float, rounds: int | None = None, keep_going: bool = False
) -> Summary:
    """Run a round for each seed; print what fails, and how it goes."""
    program = compile_program()
    summary = Summary()
    start = told = time.monotonic()
    for number, seed in enumerate(seeds, 1):
        outcome = play(program, Round.of(seed, limits), limits)
        summary.add(outcome)
        if outcome.complaints:
            print(*failure(outcome, str(program)), sep="\n", flush=True)
            if not keep_going:
                break
        elif outcome.traced_seconds > _SLOW_SECONDS:
            print(f"slow: seed {seed} on {outcome.round.event_loop} took {outcome.traced_seconds:.1f} s", flush=True)
        now = time.monotonic()
        if number == rounds or (rounds is None and now - start >= minutes * 60):
            break
        if now - told >= _TELL_SECONDS:
            told = now
            print(f"at seed {seed}: {summary}", flush=True)
    print(summary)
    if (complaint := summary.memory.complaint()) is not None:
        print(f"FAILED: {complaint}")
    return summary


if __name__ == "__main__":
    main()
