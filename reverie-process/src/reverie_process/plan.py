"""The steps of a new child between fork and exec, as data. No I/O here: ``spawn`` does them.

A step is made ready by the parent, so that the child, a copy of a process that may
have had many threads, only carries out what lies prepared.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Redirect:
    """Make ``target`` (0, 1 or 2) the same open file as ``source``."""

    source: int
    target: int


@dataclass(frozen=True, slots=True)
class ChangeDirectory:
    """Start in this directory."""

    path: str


@dataclass(frozen=True, slots=True)
class SetSignalMask:
    """Block exactly these signals: exec hands the mask on to the new program."""

    blocked: frozenset[int]


@dataclass(frozen=True, slots=True)
class RestoreSignals:
    """Give back the default action to the signals that Python itself ignores (SIGPIPE, SIGXFSZ)."""


@dataclass(frozen=True, slots=True)
class AwaitPermission:
    """Block until the parent writes a byte to the pipe whose reading end this is."""

    descriptor: int


@dataclass(frozen=True, slots=True)
class StopSelf:
    """Raise SIGSTOP, so that whoever traces the child holds it before its next step."""


@dataclass(frozen=True, slots=True)
class InstallFilter:
    """Install a seccomp program, giving up new privileges if need be. Belongs right before exec."""

    program: bytes
    flags: int = 0


Step = Redirect | ChangeDirectory | SetSignalMask | RestoreSignals | AwaitPermission | StopSelf | InstallFilter


@dataclass(frozen=True, slots=True)
class SpawnPlan:
    """All that a child does: its steps in order, then one execve(2), or a function in its place."""

    steps: Sequence[Step]
    path: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    function: Callable[[], object] | None = None
    """Called instead of the execve; the child exits with 0 when it returns, with 1 when it raises."""


__all__ = [
    "AwaitPermission",
    "ChangeDirectory",
    "InstallFilter",
    "Redirect",
    "RestoreSignals",
    "SetSignalMask",
    "SpawnPlan",
    "Step",
    "StopSelf",
]
