"""Recorder: a log of what happened, in order. Tests of concurrency assert order, never time."""

from collections.abc import Callable


class Recorder:
    """An ordered log. Any thread may note; a handler, a callback and a test share one.

    ``recorder.note("a")`` where it happens, then ``recorder.happened("a").before("b")``.
    """

    def __init__(self) -> None:
        self._log: list[str] = []

    @property
    def log(self) -> tuple[str, ...]:
        """What was noted so far, the earliest first."""
        return tuple(self._log)

    def note(self, what: str) -> None:
        """Add to the log."""
        self._log.append(what)

    def happened(self, what: str, times: int | None = None) -> "Happening":
        """Assert that something was noted, and return it to ask about its place.

        Args:
            times: how often exactly; at least once when it is not given.

        Raises:
            AssertionError: it was not, or not that often; the text has the whole log.
        """
        __tracebackhide__ = True
        log = self.log
        count = log.count(what)
        if times is None and count == 0:
            raise AssertionError(f"{what!r} did not happen. {_shown(log)}")
        if times is not None and count != times:
            raise AssertionError(f"{what!r} happened {count} times, not {times}. {_shown(log)}")
        return Happening(what, log)

    def never(self, what: str) -> None:
        """Assert that something was not noted so far."""
        __tracebackhide__ = True
        self.happened(what, times=0)


class Happening:
    """Something that was noted, once or more often. Its methods can be chained."""

    def __init__(self, what: str, log: tuple[str, ...]) -> None:
        self._what = what
        self._log = log

    def before(self, other: str) -> "Happening":
        """Assert that all of it came before all of the other, which happened too."""
        __tracebackhide__ = True
        return self._compare(other, "before", lambda mine, theirs: mine[-1] < theirs[0])

    def after(self, other: str) -> "Happening":
        """Assert that all of it came after all of the other, which happened too."""
        __tracebackhide__ = True
        return self._compare(other, "after", lambda mine, theirs: theirs[-1] < mine[0])

    def _compare(self, other: str, word: str, holds: Callable[[list[int], list[int]], bool]) -> "Happening":
        __tracebackhide__ = True
        theirs = _places(other, self._log)
        if not theirs:
            raise AssertionError(f"{self._what!r} is not {word} {other!r}, which did not happen. {_shown(self._log)}")
        if not holds(_places(self._what, self._log), theirs):
            raise AssertionError(f"{self._what!r} did not happen {word} {other!r}. {_shown(self._log)}")
        return self


def _places(what: str, log: tuple[str, ...]) -> list[int]:
    return [place for place, noted in enumerate(log) if noted == what]


def _shown(log: tuple[str, ...]) -> str:
    if not log:
        return "The log is empty."
    return "The log:" + "".join(f"\n  {place}. {noted}" for place, noted in enumerate(log, 1))


__all__ = ["Happening", "Recorder"]
