"""The arguments of a call as JSON-ready objects; the forms are those `jsonform` documents."""

from ipaddress import IPv4Address, IPv6Address
from typing import Any

from ._generated.calls import UNIONS
from .abi import WORD_MASK, int32, int64, uint32
from .args.layout import find_layout
from .args.structs.sockaddr import SOCKADDR_MAX, socket_address
from .memory import PATH_MAX, Memory, MemoryFault, read_words
from .signals import Signal
from .syscall import Parameter, Unknown
from .text.constants import constant_name, flag_names
from .text.context import Context, peek, peek_string

BUFFER_LIMIT = 4096
"""Bytes of a buffer that are shown before it is cut."""

ITEM_LIMIT = 1024
"""Items of an array that are shown."""

_SIGNED_32 = frozenset({"int", "fd", "dirfd", "pid"})
_UNSIGNED_32 = frozenset({"uint", "uid", "gid", "hex32", "dev"})
_INT_WIDTHS = {
    "int": (4, True),
    "fd": (4, True),
    "waitstatus": (4, True),
    "uint": (4, False),
    "socklen": (4, False),
    "offset": (8, True),
    "time": (8, True),
    "hex": (8, False),
}
_STRUCTS = {"siginfo": "SigInfo", "iovec": "Iovec", "msghdr": "Msghdr", "utimensat": "Timespec"}
_BUFFERS = frozenset({"bytes", "hexbytes", "option", "dirents", "dirents64", "cpuset"})


def argument_objects(context: Context) -> dict[str, object]:
    """Return every argument the kernel looks at, by its name."""
    call = context.call
    if isinstance(call, Unknown):
        return {f"arg{index}": word for index, word in enumerate(call.words)}
    present = ((p, word) for p, word in zip(call.signature, call.words, strict=False) if p.present(call.words))
    return {parameter.name: _argument(parameter, word, context) for parameter, word in present}


def _argument(parameter: Parameter, word: int, context: Context) -> object:
    if parameter.direction:
        return _pointer(parameter, word, context)
    match parameter.kind:
        case "flags":
            return _flag_set(parameter.type, word if parameter.type == "MountFlags" else uint32(word))
        case "enum":
            value = uint32(word) if parameter.type == "IoctlRequest" else int32(word)
            return {"name": constant_name(parameter.type, value), "value": value}
        case "signal":
            number = int32(word)
            return {"name": Signal(number).name if 0 < number <= 64 else None, "value": number}
        case "union":
            return _union(parameter, word, context)
        case "address":
            return {"address": word} if word else None
        case _:
            return _number(parameter.kind, word)


def _number(kind: str, word: int) -> int:
    if kind in _SIGNED_32:
        return int32(word)
    if kind in _UNSIGNED_32:
        return uint32(word)
    if kind in ("mode", "filemode"):
        return word & 0xFFFF
    return int64(word) if kind in ("long", "offset") else word & WORD_MASK


def _flag_set(type_name: str, value: int) -> dict[str, object]:
    return {"names": flag_names(type_name, value)[0], "value": value}


def _union(parameter: Parameter, word: int, context: Context) -> object:
    command = uint32(context.call.words[parameter.length_from or 0])
    choice = UNIONS[parameter.type].get(command)
    return word if choice is None else _argument(choice, word, context)


def _pointer(parameter: Parameter, address: int, context: Context) -> object:
    if address == 0:
        return None
    nowhere: dict[str, object] = {"address": address}
    if not context.filled(parameter):
        return nowhere
    try:
        found = _pointee(parameter, address, context)
    except MemoryFault:
        return nowhere
    return nowhere if found is None else found


def _pointee(parameter: Parameter, address: int, context: Context) -> object:
    """Return what is behind a pointer, or None when it is not readable."""
    kind = parameter.kind
    if kind in ("path", "string"):
        return _string(context.memory, address)
    if kind in ("strings", "environ"):
        addresses = read_words(context.memory, address, ITEM_LIMIT)[0]
        return [_string(context.memory, item) or {"address": item} for item in addresses]
    if kind in _BUFFERS:
        return _buffer(context, address, context.length_of(parameter))
    if kind == "sockaddr":
        return _socket_address(context, address, context.length_of(parameter))
    if kind in _INT_WIDTHS:
        return _integers(parameter, address, context)
    name = parameter.type or _STRUCTS.get(kind, "")
    return _structs(parameter, find_layout(name), address, context) if name else None


def _text(data: bytes) -> object:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return {"bytes": data.hex()}


def _string(memory: Memory, address: int) -> object:
    found = peek_string(memory, address, PATH_MAX)
    if found is None:
        return None
    data, ended = found
    return _text(data) if ended else {"prefix": _text(data), "length": None}


def _buffer(context: Context, address: int, length: int) -> object:
    data = peek(context.memory, address, min(length, BUFFER_LIMIT))
    if data is None:
        return None
    return _text(data) if length <= BUFFER_LIMIT else {"prefix": _text(data), "length": length}


def _socket_address(context: Context, address: int, length: int) -> object:
    data = peek(context.memory, address, min(length, SOCKADDR_MAX))
    value = None if data is None else socket_address(data)
    if value is None or data is None:
        return None
    family = int.from_bytes(data[:2], "little")
    return {"family": constant_name("SocketDomain", family) or family, **_fields(value)}


def _integers(parameter: Parameter, address: int, context: Context) -> object:
    width, signed = _INT_WIDTHS[parameter.kind]
    several = parameter.length is not None or parameter.length_from is not None
    count = min(context.length_of(parameter), ITEM_LIMIT) if several else 1
    data = peek(context.memory, address, count * width)
    if data is None:
        return None
    numbers = [
        int.from_bytes(data[start : start + width], "little", signed=signed) for start in range(0, len(data), width)
    ]
    return numbers if several else numbers[0]


def _structs(parameter: Parameter, layout: Any, address: int, context: Context) -> object:
    several = parameter.length is not None or parameter.length_from is not None
    plain = parameter if parameter.kind == "struct" else parameter._replace(length_is_result=False)
    count = min(context.length_of(plain), ITEM_LIMIT) if several else 1
    data = peek(context.memory, address, count * layout.size)
    if data is None:
        return None
    values = [
        _fields(layout.from_bytes(data[start : start + layout.size])) for start in range(0, len(data), layout.size)
    ]
    return values if several else values[0]


def _fields(value: Any) -> dict[str, object]:
    return {name: _field(getattr(value, name)) for name in value.__match_args__}


def _field(value: object) -> object:
    if isinstance(value, bytes):
        return _text(value)
    return str(value) if isinstance(value, (IPv4Address, IPv6Address)) else value
