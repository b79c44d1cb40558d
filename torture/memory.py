"""Does the tracer's memory grow? Its resident set after each round, looked at when there were many."""

import gc
import os
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

WARM_UP: Final = 60
"""Rounds after which imports are done, caches are full and the allocator has its arenas."""
FEWEST: Final = 150
"""With fewer samples after the warm-up a third is too small to have a median."""
TOLERANCE_BYTES: Final = 3 << 20
TOLERANCE_PER_ROUND: Final = 256


@dataclass(slots=True)
class Memory:
    """The samples of one torture run."""

    samples: list[int] = field(default_factory=list)

    def sample(self) -> None:
        """Look now, in bytes. Source: proc(5), /proc/pid/statm, second field in pages."""
        gc.collect()  # a run leaves cycles behind, and when they go is the collector's affair
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        self.samples.append(pages * os.sysconf("SC_PAGE_SIZE"))

    def growth(self) -> int | None:
        """Return by how many bytes the last third's median exceeds the first's, or None when that says nothing."""
        steady = self.samples[WARM_UP:]
        if len(steady) < FEWEST:
            return None
        third = len(steady) // 3
        return int(median(steady[-third:]) - median(steady[:third]))

    def complaint(self) -> str | None:
        """Return what is wrong, if it is."""
        growth = self.growth()
        if growth is None:
            return None
        between = (len(self.samples) - WARM_UP) * 2 // 3
        if growth <= TOLERANCE_BYTES + TOLERANCE_PER_ROUND * between:
            return None
        return f"the tracer grew by {growth / 1024:.0f} KiB over {between} rounds"


__all__ = ["FEWEST", "TOLERANCE_BYTES", "TOLERANCE_PER_ROUND", "WARM_UP", "Memory"]
