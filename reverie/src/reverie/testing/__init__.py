"""Fakes for unit tests of tools: a guest and its memory without any process, and a log of what happened."""

from reverie.testing.guest import FakeGuest
from reverie.testing.memory import FakeMemory, Protection
from reverie.testing.recorder import Happening, Recorder

__all__ = ["FakeGuest", "FakeMemory", "Happening", "Protection", "Recorder"]
