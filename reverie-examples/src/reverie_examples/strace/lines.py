"""The text of a line around what the call itself prints as: times before, durations after."""

import time
from collections.abc import Callable

from reverie_examples.strace.options import Clock


class Stamp:
    """Writes the time of a line; ``-r`` counts from the line before."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._before_ns: int | None = None

    def __call__(self, now_ns: int) -> str:
        """Return what stands before a line that began at this time, as what ``clock_ns`` returns tells it."""
        seconds, rest = divmod(now_ns, 1_000_000_000)
        match self._clock:
            case Clock.NONE:
                return ""
            case Clock.SECONDS:
                return time.strftime("%H:%M:%S ", time.localtime(seconds))
            case Clock.MICROSECONDS:
                return time.strftime("%H:%M:%S", time.localtime(seconds)) + f".{rest // 1000:06d} "
            case Clock.EPOCH:
                return f"{seconds}.{rest // 1000:06d} "
            case Clock.RELATIVE:
                # A call that began earlier may end, and be written, later.
                elapsed = 0 if self._before_ns is None else max(0, now_ns - self._before_ns)
                self._before_ns = now_ns
                return f"{elapsed // 1_000_000_000:6d}.{elapsed // 1000 % 1_000_000:06d} "


def clock_ns(clock: Clock) -> Callable[[], int]:
    """Return what tells the time: since the epoch, or for differences one that is never set back."""
    return time.monotonic_ns if clock is Clock.RELATIVE else time.time_ns


def duration(nanoseconds: int) -> str:
    """Return what ``-T`` adds: the time spent in the call."""
    return f" <{nanoseconds // 1_000_000_000}.{nanoseconds // 1000 % 1_000_000:06d}>"


__all__ = ["Stamp", "clock_ns", "duration"]
