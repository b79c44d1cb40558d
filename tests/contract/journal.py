"""Journal: a global state that keeps what handlers note, in order, for a test to read after the run."""

from dataclasses import dataclass
from typing import Any

import anyio

import reverie
from reverie import GlobalTool, Tid


@dataclass(frozen=True, slots=True)
class Entry:
    """One note: which thread made it, what happened, and what goes with that."""

    tid: int
    event: str
    value: Any


class Journal(GlobalTool[Any]):
    """Reached by messages only, so a test that uses it works on a backend whose handlers live elsewhere."""

    def __init__(self, config: Any) -> None:
        self.entries: list[Entry] = []
        self._news = anyio.Event()

    @reverie.rpc
    async def note(self, sender: Tid, event: str, value: Any = None) -> None:
        """Add an entry."""
        self.entries.append(Entry(sender, event, value))
        self._news.set()
        self._news = anyio.Event()

    @reverie.rpc
    async def until(self, sender: Tid, event: str, times: int = 1) -> None:
        """Return when the event has happened so many times."""
        while self.count(event) < times:
            await self._news.wait()

    @property
    def events(self) -> list[str]:
        """The events in their order."""
        return [entry.event for entry in self.entries]

    def count(self, event: str) -> int:
        """How many times an event happened."""
        return self.events.count(event)

    def values(self, event: str) -> list[Any]:
        """What went with each happening of an event."""
        return [entry.value for entry in self.entries if entry.event == event]

    def tids(self, event: str) -> list[int]:
        """Which thread noted each happening of an event."""
        return [entry.tid for entry in self.entries if entry.event == event]

    def of(self, tid: int) -> list[str]:
        """The events that one thread noted."""
        return [entry.event for entry in self.entries if entry.tid == tid]

    def index(self, event: str, value: Any = ...) -> int:
        """The place of the first such entry in the whole order."""
        for index, entry in enumerate(self.entries):
            if entry.event == event and (value is ... or entry.value == value):
                return index
        raise AssertionError(f"{event} did not happen: {self.events}")
