"""Ids of threads and processes, as types of their own so that mypy catches a swap."""

from typing import NewType

Tid = NewType("Tid", int)
"""A thread's id, as ``gettid(2)`` returns it, seen from the tracer's pid namespace."""

Pid = NewType("Pid", int)
"""A thread group's id, as ``getpid(2)`` returns it, seen from the tracer's pid namespace."""

__all__ = ["Pid", "Tid"]
