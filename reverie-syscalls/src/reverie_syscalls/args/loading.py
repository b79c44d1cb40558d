"""Loads an enum's module when the enum is first asked for."""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from .._generated.constants import CONSTANTS


def enum_loader(package: str) -> Callable[[str], Any]:
    """Return a `__getattr__` for a front door behind which the enums of `_generated/constants.py` are."""

    def load(name: str) -> Any:
        home, _ = CONSTANTS.get(name, (None, ()))
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(f".{home}", __package__), name)
        setattr(sys.modules[package], name, found)  # who asks again need not come here
        return found

    return load


__all__ = ["enum_loader"]
