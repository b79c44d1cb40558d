"""What the options ask for, as one value that every part of the tool reads."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from reverie import Subscription
from reverie.syscalls import Signal, Sysno, by_number


class Clock(Enum):
    """What stands before a line."""

    NONE = ""
    SECONDS = "-t"
    MICROSECONDS = "-tt"
    EPOCH = "-ttt"
    RELATIVE = "-r"


class OutputForm(Enum):
    """What is written for a call."""

    TEXT = "text"
    JSON = "json"
    SUMMARY = "summary"


ALL_SYSCALLS: Final = Subscription.all_syscalls() | Subscription.of(Sysno.restart_syscall)
"""strace shows also how a call goes on that a signal interrupted."""


@dataclass(frozen=True, slots=True)
class StraceConfig:
    """The tool's configuration."""

    wanted: Subscription = ALL_SYSCALLS
    signals: frozenset[Signal] = frozenset(Signal)
    form: OutputForm = OutputForm.TEXT
    output: str | None = None
    """A file, or None for stderr."""
    append: bool = False
    clock: Clock = Clock.NONE
    durations: bool = False
    string_limit: int = 32
    verbose: bool = False
    quiet: bool = False
    """Leave out the lines that tell of exits."""


def parse_trace_set(text: str) -> Subscription:
    """Read strace's ``-e trace=SET``: names, %families, /regex, ?name, all, none; ``!`` negates the whole.

    Raises:
        ValueError: a name or family that does not exist, without the ``?`` that tolerates it.
    """
    negated = text.startswith("!")
    wanted = Subscription.none()
    for item in text.removeprefix("!").split(","):
        wanted = wanted | _one(item.strip())
    return ALL_SYSCALLS - wanted if negated else wanted


def _one(item: str) -> Subscription:
    if item == "all":
        return ALL_SYSCALLS
    if item in ("none", ""):
        return Subscription.none()
    tolerant, item = item.startswith("?"), item.removeprefix("?")
    item = re.sub(r"@(64|32|x32)$", "", item)
    try:
        if item.startswith("/"):
            return _matching(item[1:])
        if item.isdecimal() and (sysno := by_number(int(item))) is not None:
            return Subscription.of(sysno)
        return Subscription.of(item)
    except ValueError:
        if tolerant:
            return Subscription.none()
        raise


def _matching(pattern: str) -> Subscription:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"the regular expression {pattern!r} is wrong: {error}") from error
    return Subscription(frozenset(sysno for sysno in Sysno if compiled.search(sysno.name)))


def parse_signal_set(text: str) -> frozenset[Signal]:
    """Read strace's ``-e signal=SET``: names with or without SIG, numbers, all, none, ``!``.

    Raises:
        ValueError: there is no such signal.
    """
    negated = text.startswith("!")
    found: set[Signal] = set()
    for item in text.removeprefix("!").split(","):
        found |= _signals(item.strip())
    return frozenset(Signal) - found if negated else frozenset(found)


def _signals(item: str) -> frozenset[Signal]:
    if item == "all":
        return frozenset(Signal)
    if item in ("none", ""):
        return frozenset()
    try:
        if item.isdecimal():
            return frozenset({Signal(int(item))})
        return frozenset({Signal["SIG" + item.upper().removeprefix("SIG")]})
    except (KeyError, ValueError):
        raise ValueError(f"there is no signal {item!r}: 'kill -l' lists their names") from None


__all__ = ["Clock", "OutputForm", "StraceConfig", "parse_signal_set", "parse_trace_set"]
