"""Read the tables: every `tables/*.toml` into `Call`s and `Union`s, checked as far as one can without a kernel."""

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from language import RETURNS, Argument, parse_argument, parse_type
from mistakes import TableError
from vocabulary import Vocabulary

CLASSES = frozenset(
    {
        "file",
        "desc",
        "process",
        "network",
        "signal",
        "ipc",
        "memory",
        "creds",
        "clock",
        "pure",
        "stat",
        "lstat",
        "fstat",
        "statfs",
        "fstatfs",
        "%stat",
        "%statfs",
    }
)
_KEYS = {"x86_64", "aarch64", "classes", "args", "returns"}


class Call(NamedTuple):
    """One system call as its table describes it; `arguments` is None when the table does not."""

    name: str
    x86_64: int
    aarch64: int | None
    classes: tuple[str, ...]
    arguments: tuple[Argument, ...] | None
    returns: str


class Union(NamedTuple):
    """What an argument is, for each value of the command before it."""

    name: str
    choices: tuple[tuple[str, Argument | None], ...]


class Tables(NamedTuple):
    """All tables together, the calls by number."""

    calls: tuple[Call, ...]
    unions: tuple[Union, ...]


def read_tables(folder: Path, vocabulary: Vocabulary) -> Tables:
    """Read every table in the folder.

    Raises:
        TableError: one is wrong; the first mistake found is told.
    """
    calls: list[Call] = []
    unions: list[Union] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise TableError(path.name, str(error)) from None
        for name, choices in content.pop("union", {}).items():
            unions.append(_union(name, choices, f"{path.name}: union {name}", vocabulary))
        calls += [_call(name, entry, f"{path.name}: {name}", vocabulary) for name, entry in content.items()]
    _check_unique(calls)
    _check_unions(calls, {union.name: union for union in unions}, vocabulary)
    return Tables(tuple(sorted(calls, key=lambda call: call.x86_64)), tuple(sorted(unions)))


def _call(name: str, entry: Any, place: str, vocabulary: Vocabulary) -> Call:
    if not isinstance(entry, dict):
        raise TableError(place, "expected a table, one for each system call")
    for key in entry.keys() - _KEYS:
        raise TableError(place, f"unknown key {key!r}; keys are {', '.join(sorted(_KEYS))}")
    number = entry.get("x86_64")
    if not isinstance(number, int):
        raise TableError(place, "x86_64 must be the call's number")
    classes = tuple(entry.get("classes", ()))
    for unknown in sorted(set(classes) - CLASSES):
        raise TableError(place, f"unknown class {unknown!r}; classes are {', '.join(sorted(CLASSES))}")
    returns = entry.get("returns", "")
    if returns not in RETURNS:
        raise TableError(place, f"unknown result {returns!r}; results are {', '.join(sorted(RETURNS - {''}))}")
    arguments = _arguments(entry["args"], place, vocabulary) if "args" in entry else None
    return Call(name, number, entry.get("aarch64"), classes, arguments, returns)


def _arguments(texts: list[str], place: str, vocabulary: Vocabulary) -> tuple[Argument, ...]:
    arguments = tuple(parse_argument(text, place, vocabulary) for text in texts)
    if len(arguments) > 6:
        raise TableError(place, f"{len(arguments)} arguments, but a system call has at most 6")
    by_name = {argument.name: argument for argument in arguments}
    if len(by_name) != len(arguments):
        raise TableError(place, "two arguments have the same name")
    for argument in arguments:
        _check_references(argument, by_name, f"{place}, argument {argument.name!r}", vocabulary)
    return arguments


def _check_references(argument: Argument, others: dict[str, Argument], place: str, vocabulary: Vocabulary) -> None:
    if argument.length and not argument.length.isdigit() and argument.length not in others:
        raise TableError(place, f"no argument {argument.length!r} to take a length or command from")
    if argument.behind_pointer and not others[argument.length].direction:
        raise TableError(place, f"[*{argument.length}] needs a pointer, but {argument.length!r} is a plain value")
    if not argument.when_flags:
        return
    flags = others.get(argument.when_flags)
    if flags is None or flags.kind != "flags":
        raise TableError(place, f"'when {argument.when_flags} has …' needs an argument of kind flags with that name")
    for mask in argument.when_masks:
        if mask not in vocabulary.enums[flags.type].__members__:
            raise TableError(place, f"{flags.type} has no {mask!r}")


def _union(name: str, choices: dict[str, str], place: str, vocabulary: Vocabulary) -> Union:
    parsed = []
    for command, text in choices.items():
        argument = parse_type("arg", text, f"{place}, {command}", vocabulary) if text else None
        parsed.append((command, argument))
    return Union(name, tuple(parsed))


def _check_unique(calls: list[Call]) -> None:
    for architecture in ("x86_64", "aarch64"):
        seen: dict[int, str] = {}
        for call in calls:
            number = getattr(call, architecture)
            if number is not None and number in seen:
                raise TableError(call.name, f"{architecture} number {number} is already taken by {seen[number]}")
            seen[number] = call.name
    names = [call.name for call in calls]
    for name in names:
        if names.count(name) > 1:
            raise TableError(name, "described twice, in two files")


def _check_unions(calls: list[Call], unions: dict[str, Union], vocabulary: Vocabulary) -> None:
    for call in calls:
        by_name = {argument.name: argument for argument in call.arguments or ()}
        for argument in by_name.values():
            if argument.kind != "union":
                continue
            place = f"{call.name}, argument {argument.name!r}"
            if argument.type not in unions:
                raise TableError(place, f"there is no [union.{argument.type}]")
            commands = by_name[argument.length]
            if commands.kind != "enum":
                raise TableError(place, f"{commands.name!r} chooses, so it must be an enum")
            for command, _ in unions[argument.type].choices:
                if command not in vocabulary.enums[commands.type].__members__:
                    raise TableError(f"union {argument.type}", f"{commands.type} has no {command!r}")
