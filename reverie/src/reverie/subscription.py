"""Which events a tool wants. A value: it can be inspected, combined, split and compiled."""

from collections.abc import Iterable, Iterator
from enum import Flag, auto
from typing import Final, Self

import msgspec

from reverie_syscalls import Sysno, family, lookup

NEVER_TOLD: Final = frozenset({Sysno.rt_sigreturn})
"""Calls that no tool is told of, whatever it subscribes to: it depends on the stack pointer
and cannot be made from elsewhere."""

ON_REQUEST: Final = frozenset({Sysno.restart_syscall})
"""Calls that a tool is told of only when it names them: here the kernel goes on with a call
that the tool has seen already and that a signal interrupted (signal(7), "Interruption of
system calls"). Its result is that of the interrupted call."""

_ALL: Final = frozenset(Sysno) - NEVER_TOLD - ON_REQUEST


class Instruction(Flag):
    """Instructions whose execution can be an event."""

    CPUID = auto()
    RDTSC = auto()


_NO_INSTRUCTION = Instruction(0)


class Subscription(msgspec.Struct, frozen=True):
    """A set of system calls and instructions.

    ``everything_else`` stands for the calls that have no name yet: numbers that are
    newer than the table. They cannot be listed, but ``all_syscalls`` means them too.
    """

    syscalls: frozenset[Sysno] = frozenset()
    everything_else: bool = False
    instructions: Instruction = _NO_INSTRUCTION

    @classmethod
    def none(cls) -> Self:
        """Want nothing: the guest runs at its own speed. Signals and exits are told all the same."""
        return cls()

    @classmethod
    def all_syscalls(cls) -> Self:
        """Want every system call, also those not in the table; but none in ``NEVER_TOLD`` or ``ON_REQUEST``."""
        return cls(_ALL, everything_else=True)

    @classmethod
    def all(cls) -> Self:
        """Want every system call and every instruction that can be trapped."""
        return cls(_ALL, everything_else=True, instructions=Instruction.CPUID | Instruction.RDTSC)

    @classmethod
    def of(cls, *wanted: Sysno | str) -> Self:
        """Want these calls: members of ``Sysno``, names, or families such as ``"%network"``.

        Calls that a program makes as i386 or x32 are told too, whatever is named: they have
        numbers of their own, and are ``Unknown`` with their ``abi``.

        Raises:
            ValueError: a name or family that does not exist, with the nearest ones, or one in ``NEVER_TOLD``.
        """
        return cls(frozenset(_members(wanted)))

    @classmethod
    def cpuid(cls) -> Self:
        """Want the CPUID instruction."""
        return cls(instructions=Instruction.CPUID)

    @classmethod
    def rdtsc(cls) -> Self:
        """Want the RDTSC and RDTSCP instructions."""
        return cls(instructions=Instruction.RDTSC)

    def __or__(self, other: "Subscription") -> "Subscription":
        return Subscription(
            self.syscalls | other.syscalls,
            self.everything_else or other.everything_else,
            self.instructions | other.instructions,
        )

    def __sub__(self, other: "Subscription") -> "Subscription":
        return Subscription(
            self.syscalls - other.syscalls,
            self.everything_else and not other.everything_else,
            self.instructions & ~other.instructions,
        )

    def __contains__(self, event: object) -> bool:
        if isinstance(event, Sysno):
            return event in self.syscalls
        return isinstance(event, Instruction) and event in self.instructions

    def __iter__(self) -> Iterator[Sysno]:
        return iter(sorted(self.syscalls))

    def __bool__(self) -> bool:
        return bool(self.syscalls) or self.everything_else or bool(self.instructions)


def _members(wanted: Iterable[Sysno | str]) -> Iterator[Sysno]:
    for item in wanted:
        if isinstance(item, Sysno):
            yield _tellable(item)
        elif item.startswith("%"):
            yield from family(item.removeprefix("%"))
        else:
            yield _tellable(lookup(item))


def _tellable(sysno: Sysno) -> Sysno:
    if sysno in NEVER_TOLD:
        raise ValueError(f"{sysno.name} is never told to a tool: it belongs to the kernel's handling of signals")
    return sysno


__all__ = ["NEVER_TOLD", "ON_REQUEST", "Instruction", "Subscription"]
