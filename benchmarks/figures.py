"""The arithmetic: from measured pairs to a row of the table. Pure.

The machine's pace changes within seconds: by a neighbour, a test run, the clock of the
CPU. So a figure of ours and its peer's are taken one right after the other and divided
by each other at once; what is common to both falls out of a ratio, and not out of two
medians that are divided in the end.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Placement = Literal["free", "pinned"]
"""Whether everything that is run may use all CPUs, or shares one."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle and both ends of some figures."""

    median: float
    min: float
    max: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> "Spread":
        """Sum figures up.

        Raises:
            ValueError: there are none.
        """
        if not figures:
            raise ValueError("there is no median of no figures")
        return cls(statistics.median(figures), min(figures), max(figures))


@dataclass(frozen=True, slots=True)
class Peer:
    """Who we are compared with, and how it did."""

    name: str
    figures: Spread
    ratio: Spread
    """Ours divided by the peer's, pair by pair: below 1 we are cheaper."""


@dataclass(frozen=True, slots=True)
class Result:
    """One row of the table."""

    name: str
    placement: Placement
    unit: str
    ours_name: str
    ours: Spread
    peer: Peer | None
    """None where the peer is not installed."""


def compare(peer_name: str, ours: Sequence[float], peers: Sequence[float]) -> Peer:
    """Compare figures that were taken in pairs.

    Raises:
        ValueError: one of them has no partner, or a peer took no time at all.
    """
    if len(ours) != len(peers):
        raise ValueError(f"{len(ours)} figures of ours cannot be paired with {len(peers)} of {peer_name}")
    if not all(figure > 0 for figure in peers):
        raise ValueError(f"{peer_name} measured as 0: make the guest do more")
    return Peer(peer_name, Spread.of(peers), Spread.of([a / b for a, b in zip(ours, peers, strict=True)]))


__all__ = ["Peer", "Placement", "Result", "Spread", "compare"]
