"""Enum members by value, where the guest may have sent a value nobody has named."""

from enum import IntEnum
from typing import TypeVar

E = TypeVar("E", bound=IntEnum)


def member_or_int(enum: type[E], value: int) -> E | int:
    """Return the member with this value, or the value itself; never fails, unlike calling the enum."""
    found = enum._value2member_map_.get(value, value)
    return found  # type: ignore[return-value]  # typeshed gives the map's values as plain Enum
