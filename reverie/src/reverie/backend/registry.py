"""Find the installed backends by the entry-point group ``reverie.backends``."""

from typing import TYPE_CHECKING

from reverie.backend.contract import Backend
from reverie.errors import BackendUnavailable
from reverie.offers import load, offered

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "reverie.backends"


def installed() -> "dict[str, EntryPoint]":
    """Return the entry points of all backends that are installed, by name."""
    return offered(GROUP)


def find(name: str) -> Backend:
    """Return the backend of that name.

    Raises:
        BackendUnavailable: none of that name is installed; the message has the nearest ones.
    """
    found = load(GROUP, name)
    if found is None:
        from difflib import get_close_matches  # only wanted for a mistake

        names = installed()
        nearest = get_close_matches(name, names) or sorted(names)
        hint = f"did you mean {', '.join(nearest)}?" if nearest else "install one: pip install reverie-ptrace"
        raise BackendUnavailable(f"there is no backend {name!r}: {hint}")
    backend: Backend = found()
    return backend


__all__ = ["GROUP", "find", "installed"]
