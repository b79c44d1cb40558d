"""System calls by name and by number.

`Sysno` itself is generated. Its values are the numbers of x86-64, the one architecture where
every name exists; the numbers of aarch64 stand beside it as a plain mapping.
"""

from collections.abc import Mapping

from ._generated.numbers import AARCH64, Sysno

__all__ = ["AARCH64", "X86_64", "Sysno", "UnknownSyscallName", "by_number", "lookup"]

X86_64: Mapping[Sysno, int] = {sysno: sysno.value for sysno in Sysno}

_BY_NUMBER: dict[int, Sysno] = {sysno.value: sysno for sysno in Sysno}


class UnknownSyscallName(ValueError):
    """No system call has this name; the message offers the nearest names there are."""

    def __init__(self, name: str) -> None:
        super().__init__(f"unknown system call {name!r}{_suggestion(name)}")
        self.name = name


def lookup(name: str) -> Sysno:
    """Return the system call of this name, spelled as the kernel spells it.

    Raises:
        UnknownSyscallName: there is none; a `ValueError` with a suggestion.
    """
    try:
        return Sysno[name]
    except KeyError:
        raise UnknownSyscallName(name) from None


def by_number(number: int) -> Sysno | None:
    """Return the system call with this x86-64 number, or None when the number is free."""
    return _BY_NUMBER.get(number)


def _suggestion(name: str) -> str:
    from difflib import get_close_matches  # only wanted for a mistake; 2 ms that every import would pay

    near = get_close_matches(name, Sysno.__members__, n=3)
    return f": did you mean {', '.join(near)}?" if near else ""
