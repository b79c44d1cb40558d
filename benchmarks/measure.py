"""Run contenders in turn, and read what they print."""

import os
import shlex
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.contenders import Contender
from benchmarks.errors import BenchmarkError
from benchmarks.figures import Placement, Result, Spread, compare
from benchmarks.programs import ROOT, Programs
from benchmarks.rows import Guest, Row, Sizes

_LIMIT_SECONDS: Final = 300
"""A run takes seconds; this is for one that hangs."""


@dataclass(frozen=True, slots=True)
class Measurer:
    """How rows are measured in this run of the benchmarks."""

    programs: Programs
    sizes: Sizes
    runs: int
    cpu: int
    """Where everything is, when it is pinned."""

    def measure(self, row: Row, placement: Placement) -> Result:
        """Measure one row: ours, peer, ours, peer, and so on.

        Raises:
            BenchmarkError: a run failed, or printed no figure.
        """
        ours: list[float] = []
        peers: list[float] = []
        for _ in range(self.runs):
            ours.append(self._figure(row, row.ours, row.guest, placement))
            if row.peer.is_here:
                peers.append(self._figure(row, row.peer, row.peer_guest or row.guest, placement))
        try:
            peer = compare(row.peer.name, ours, peers) if peers else None
        except ValueError as error:
            raise BenchmarkError(f"row {row.name}: {error}") from error
        return Result(row.name, placement, row.reading.unit, row.ours.name, Spread.of(ours), peer)

    def _figure(self, row: Row, contender: Contender, guest: Guest, placement: Placement) -> float:
        where = str(self.cpu) if placement == "pinned" else "free"
        command = [os.fspath(self.programs.launch), where, *contender.words, *guest.command(self.sizes)]
        figures = read_figures(_run(command, self.programs))
        try:
            return figures[row.reading.figure] / row.reading.divisor
        except KeyError:
            raise BenchmarkError(f"{shlex.join(command)} printed no {row.reading.figure}") from None


def read_figures(text: str) -> dict[str, float]:
    """Return the figures among the lines of ``text``: a name, a space, a number."""
    figures = {}
    for line in text.splitlines():
        name, _, value = line.partition(" ")
        try:
            figures[name] = float(value)
        except ValueError:
            continue  # what the guest or its tracer had to say besides
    return figures


def _run(command: Sequence[str], programs: Programs) -> str:
    """Run a command; leave nothing of it, however it ends."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=programs.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that it can be killed with all that it started
    )
    try:
        output, complaints = process.communicate(timeout=_LIMIT_SECONDS)
    except BaseException as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            raise BenchmarkError(f"{shlex.join(command)} still ran after {_LIMIT_SECONDS} s; it was killed") from None
        raise
    if process.returncode != 0:
        last = (complaints.strip().splitlines() or ["it said nothing"])[-1]
        raise BenchmarkError(f"{shlex.join(command)} failed with exit status {process.returncode}: {last}")
    return output


__all__ = ["Measurer", "read_figures"]
