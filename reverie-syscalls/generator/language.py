"""The small language of arguments: `buf: out bytes[len; result]` to an `Argument`.

`tables/README.md` explains it to those who write tables; the regular expression here is its grammar.
"""

import re
from typing import NamedTuple

from mistakes import TableError
from vocabulary import Vocabulary

SCALARS = frozenset(
    {
        "int",
        "uint",
        "long",
        "ulong",
        "size",
        "offset",
        "hex",
        "hex32",
        "fd",
        "dirfd",
        "pid",
        "uid",
        "gid",
        "mode",
        "filemode",
        "dev",
        "signal",
        "address",
        "pad",
    }
)
POINTEES = frozenset(
    {
        "path",
        "string",
        "strings",
        "environ",
        "bytes",
        "hexbytes",
        "iovec",
        "sockaddr",
        "option",
        "msghdr",
        "siginfo",
        "fdset",
        "sigsetarg",
        "waitstatus",
        "dirents",
        "dirents64",
        "cpuset",
        "utimensat",
        "socklen",
        "time",
        "int",
        "uint",
        "fd",
        "offset",
        "hex",
    }
)
NEED_LENGTH = frozenset({"bytes", "hexbytes", "iovec", "sockaddr", "option", "fdset", "dirents", "dirents64", "cpuset"})
DIRECTIONS = frozenset({"in", "out", "inout", "interrupted"})
RETURNS = frozenset(
    {"", "size", "fd", "address", "hex", "octal", "pid", "uid", "signal", "time", "none", "fcntl", "schedpolicy"}
)
RESERVED = frozenset({"name", "number", "sysno", "words", "replace", "signature", "from_words", "result_kind", "self"})

_ARGUMENT = re.compile(r"(?P<name>\w+): (?P<type>.+?)(?: when (?P<flags>\w+) has (?P<masks>[\w ]+))?")
_POINTER = re.compile(r"(?P<kind>\w+)(?:\[(?P<behind>\*)?(?P<length>\w+)?(?P<result>; result|(?<=\[)result)?\])?")
_UNION = re.compile(r"union (?P<union>\w+) by (?P<command>\w+)")


class Argument(NamedTuple):
    """One argument as written, with references still by name."""

    name: str
    direction: str = ""
    kind: str = ""
    type: str = ""
    width: str = ""
    length: str = ""
    behind_pointer: bool = False
    by_result: bool = False
    when_flags: str = ""
    when_masks: tuple[str, ...] = ()


def parse_argument(text: str, place: str, vocabulary: Vocabulary) -> Argument:
    """Read one argument, or say what is wrong with it."""
    match = _ARGUMENT.fullmatch(text)
    if match is None:
        raise TableError(f"{place}, argument {text!r}", "expected 'name: type' or 'name: type when flags has BIT'")
    name = match["name"]
    place = f"{place}, argument {name!r}"
    if not name.isidentifier() or name in RESERVED:
        raise TableError(place, "this name is taken by Syscall itself; choose another")
    argument = parse_type(name, match["type"], place, vocabulary)
    masks = tuple(mask.strip() for mask in match["masks"].split(" or ")) if match["masks"] else ()
    return argument._replace(when_flags=match["flags"] or "", when_masks=masks)


def parse_type(name: str, text: str, place: str, vocabulary: Vocabulary) -> Argument:
    """Read the type alone, as it also stands in a union."""
    first, _, rest = text.partition(" ")
    if first in ("flags", "enum"):
        return _named(name, first, rest, place, vocabulary)
    if first == "union":
        match = _UNION.fullmatch(text)
        if match is None:
            raise TableError(place, f"expected 'union NAME by ARGUMENT', not {text!r}")
        return Argument(name, kind="union", type=match["union"], length=match["command"])
    if first in DIRECTIONS:
        return _pointer(name, first, rest, place, vocabulary)
    if text in SCALARS:
        return Argument(name, kind=text)
    known = ", ".join(sorted(SCALARS))
    raise TableError(place, f"unknown type {text!r}; types are in/out/inout TYPE, flags NAME, enum NAME, {known}")


def _named(name: str, kind: str, rest: str, place: str, vocabulary: Vocabulary) -> Argument:
    type_name, _, width = rest.partition(" ")
    if type_name not in vocabulary.enums:
        raise TableError(place, f"unknown {kind} {type_name!r}: no such class under args/")
    if width not in ("", "long", "unsigned"):
        raise TableError(place, f"a width is 'long' or 'unsigned', not {width!r}")
    return Argument(name, kind=kind, type=type_name, width=width)


def _pointer(name: str, direction: str, text: str, place: str, vocabulary: Vocabulary) -> Argument:
    match = _POINTER.fullmatch(text)
    if match is None:
        raise TableError(place, f"cannot read {text!r}; expected TYPE, TYPE[length] or TYPE[length; result]")
    kind, type_name = match["kind"], ""
    if kind in vocabulary.structs:
        kind, type_name = "struct", kind
    elif kind not in POINTEES:
        raise TableError(place, f"a pointer to {kind!r}? No such struct under args/structs/, and no such kind")
    if kind in NEED_LENGTH and "[" not in text:
        raise TableError(place, f"{kind} needs a length, as in {kind}[count]")
    return Argument(
        name,
        direction,
        kind,
        type_name,
        length=match["length"] or "",
        behind_pointer=bool(match["behind"]),
        by_result=bool(match["result"]),
    )
