"""What installed packages offer by entry point: tools and backends.

``importlib.metadata`` takes 13 ms to load, a tenth of a whole run of ``reverie``. To load one
thing whose name is known, it is enough to look through ``entry_points.txt`` of each installed
package; whatever is not found that way is asked of the library.

Source: the entry points specification of the Python Packaging User Guide.
"""

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


def offered(group: str) -> "dict[str, EntryPoint]":
    """Return all entry points of a group, by name."""
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group=group)}


def load(group: str, name: str) -> Any:
    """Return what is offered under a name; None when nothing is.

    Raises:
        ImportError, AttributeError: the package that offers it is broken.
    """
    for text in _texts():
        target = _target(text, group, name)
        if target is not None:
            module, _, attributes = target.partition(":")
            found: Any = import_module(module.strip())
            for attribute in attributes.split("[")[0].strip().split("."):
                found = getattr(found, attribute)
            return found
    entry = offered(group).get(name)
    return None if entry is None else entry.load()


def _texts() -> Iterator[str]:
    """Read the entry points of each package that lies on the path, in its order."""
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue  # an archive, or nothing
        for name in names:
            if name.endswith(".dist-info"):
                try:
                    with open(os.path.join(folder, name, "entry_points.txt"), encoding="utf-8") as file:
                        yield file.read()
                except (OSError, UnicodeDecodeError):
                    pass  # most packages have none


def _target(text: str, group: str, name: str) -> str | None:
    """Find ``name = module:attribute`` below ``[group]``."""
    inside = False
    for line in text.splitlines() if f"[{group}]" in text else ():
        line = line.strip()
        if line.startswith("["):
            inside = line == f"[{group}]"
        elif inside:
            key, equals, value = line.partition("=")
            if equals and key.strip() == name and ":" in value:
                return value.strip()
    return None


__all__ = ["load", "offered"]
