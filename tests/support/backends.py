"""The installed backends, each on each event loop: what tests/contract runs over."""

from dataclasses import dataclass
from importlib.metadata import entry_points

from reverie.backend import EventLoop

EVENT_LOOPS: tuple[EventLoop, ...] = ("asyncio", "trio")


@dataclass(frozen=True, slots=True)
class BackendUnderTest:
    """One installed backend on one event loop."""

    name: str
    event_loop: EventLoop

    def __str__(self) -> str:
        return f"{self.name}-{self.event_loop}"


def installed() -> list[BackendUnderTest]:
    """Return each backend that is registered under `reverie.backends`, on each event loop."""
    names = sorted({point.name for point in entry_points(group="reverie.backends")})
    return [BackendUnderTest(name, event_loop) for name in names for event_loop in EVENT_LOOPS]
