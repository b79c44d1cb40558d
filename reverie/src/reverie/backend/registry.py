"""Find the installed backends by the entry-point group ``reverie.backends``."""

import difflib
from importlib.metadata import EntryPoint, entry_points

from reverie.backend.contract import Backend
from reverie.errors import BackendUnavailable

GROUP = "reverie.backends"


def installed() -> dict[str, EntryPoint]:
    """Return the entry points of all backends that are installed, by name."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def find(name: str) -> Backend:
    """Return the backend of that name.

    Raises:
        BackendUnavailable: none of that name is installed; the message has the nearest ones.
    """
    found = installed()
    if name not in found:
        nearest = difflib.get_close_matches(name, found) or sorted(found)
        hint = f"did you mean {', '.join(nearest)}?" if nearest else "install one: pip install reverie-ptrace"
        raise BackendUnavailable(f"there is no backend {name!r}: {hint}")
    backend: Backend = found[name].load()()
    return backend


__all__ = ["GROUP", "find", "installed"]
