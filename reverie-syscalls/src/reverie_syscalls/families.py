"""Families of system calls: strace's classes, as sets of `Sysno`.

Which call belongs where is written in the tables, call by call, and agrees with strace's `-e trace=%name`.
As strace does it, `stat` alone means stat(2) and its older forms; `%stat` means every call that stats.
"""

from collections.abc import Mapping

from ._generated.numbers import CLASSES, Sysno

FAMILIES: Mapping[str, frozenset[Sysno]] = {
    **{name: frozenset(members) for name, members in CLASSES.items()},
    "net": frozenset(CLASSES["network"]),
}


class UnknownFamily(ValueError):
    """No family has this name; the message lists those there are."""

    def __init__(self, name: str) -> None:
        super().__init__(f"unknown family of system calls {name!r}; there are: {', '.join(sorted(FAMILIES))}")
        self.name = name


def family(name: str) -> frozenset[Sysno]:
    """Return the calls of a family, named with or without strace's leading `%`.

    Raises:
        UnknownFamily: there is none of this name; a `ValueError`.
    """
    found = FAMILIES.get(name)
    if found is None:
        found = FAMILIES.get(name.removeprefix("%"))
    if found is None:
        raise UnknownFamily(name)
    return found
