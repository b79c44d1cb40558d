"""One argument as text: a table from kind to function.

Out arguments are shown as pointers until the call has succeeded, because before that they hold nothing.
Memory that cannot be read is shown as its pointer. A function returns None for an argument that does not
exist, which ends the list.

Which function writes an argument is chosen once for each class of calls. per stop: a tracer that prints
does this for every call, and a choice at each argument takes longer than the text.
"""

from collections.abc import Callable
from functools import cache

from .._generated.calls import UNIONS
from ..abi import int32, int64, uint32
from ..memory import PATH_MAX
from ..signals import signal_name
from ..syscall import Parameter, Syscall
from . import pointees
from .constants import constant, constant_name, device, file_mode, flags, permissions, statx_mask
from .context import Context, peek_string, pointer
from .quoting import quote

_STATX_SYNC = 0x6000

Writer = Callable[[int, Context], str | None]
"""Takes an argument's word."""


@cache
def argument_writers(call: type[Syscall]) -> tuple[tuple[int, Writer], ...]:
    """Return what writes the arguments of a class's calls, in order, and the index of the word for each."""
    return tuple(
        (index, argument_writer(parameter)) for index, parameter in enumerate(call.signature) if parameter.kind != "pad"
    )


@cache
def argument_writer(parameter: Parameter) -> Writer:
    """Return what writes one argument; it returns None when the kernel does not look at it."""
    write = _pointer_writer(parameter) if parameter.direction else _SCALARS[parameter.kind](parameter)
    return write if parameter.when is None else _if_present(parameter, write)


def _if_present(parameter: Parameter, write: Writer) -> Writer:
    return lambda word, context: write(word, context) if parameter.present(context.call.words) else None


def _pointer_writer(parameter: Parameter) -> Writer:
    if parameter.kind in ("path", "string") and parameter.direction == "in":
        return _path if parameter.kind == "path" else _string
    write = pointees.pointee_writer(parameter)

    def behind(address: int, context: Context) -> str:
        if address and context.filled(parameter):
            return write(parameter, address, context) or pointer(address)
        return pointer(address)

    return behind


def _path(address: int, context: Context) -> str:
    return _quoted(address, PATH_MAX - 1, context)


def _string(address: int, context: Context) -> str:
    return _quoted(address, context.options.string_limit, context)


def _quoted(address: int, limit: int, context: Context) -> str:
    found = peek_string(context.memory, address, limit) if address else None
    if found is None:
        return pointer(address)
    data, ended = found
    more = not ended
    if more and (after := peek_string(context.memory, address + limit, 1)) is not None:
        more = not after[1]  # a string of exactly `limit` bytes is whole
    return quote(data, more=more, hexadecimal=context.options.hex_strings)


def _always(write: Writer) -> Callable[[Parameter], Writer]:
    """Make nothing of the parameter: all arguments of this kind are written alike."""
    return lambda parameter: write


def _hexadecimal(read: Callable[[int], int]) -> Writer:
    return lambda word, context: f"{read(word):#x}" if read(word) else "0"


def _int(word: int, context: Context) -> str:
    return str(int32(word))


def _uint(word: int, context: Context) -> str:
    return str(word & 0xFFFF_FFFF)


def _long(word: int, context: Context) -> str:
    return str(int64(word))


def _dirfd(word: int, context: Context) -> str:
    return "AT_FDCWD" if int32(word) == -100 else str(int32(word))


def _id(word: int, context: Context) -> str:
    return "-1" if uint32(word) == 0xFFFF_FFFF else str(uint32(word))


def _flags(parameter: Parameter) -> Writer:
    name = parameter.type
    match name:
        case "StatxMask":
            return lambda word, context: statx_mask(uint32(word))
        case "MountFlags":
            return lambda word, context: flags(name, word)
        case "AtFlags":
            return _at_flags
        case _:
            return lambda word, context: flags(name, word & 0xFFFF_FFFF)


def _at_flags(word: int, context: Context) -> str:
    if context.call.name == "statx" and not word & _STATX_SYNC:
        names = "" if uint32(word) == 0 else f"|{flags('AtFlags', uint32(word))}"
        return f"AT_STATX_SYNC_AS_STAT{names}"
    return flags("AtFlags", uint32(word))


def _enum(parameter: Parameter) -> Writer:
    name = parameter.type
    match name:
        case "IoctlRequest":
            return lambda word, context: constant_name(name, uint32(word)) or _ioctl_number(uint32(word))
        case "IpProtocol":
            return lambda word, context: _protocol(int32(context.call.words[0]), int32(word))
        case "SocketOption":
            return lambda word, context: _socket_option(int32(context.call.words[1]), int32(word))
        case _:
            return lambda word, context: constant(name, int32(word))


def _ioctl_number(request: int) -> str:
    directions = ("_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE")
    kind, number, size = request >> 8 & 0xFF, request & 0xFF, request >> 16 & 0x3FFF
    return f"_IOC({directions[request >> 30]}, {kind:#x}, {number:#x}, {size:#x})".replace("0x0)", "0)")


def _protocol(domain: int, protocol: int) -> str:
    if domain in (2, 10):
        return constant("IpProtocol", protocol)
    return constant("NetlinkProtocol", protocol) if domain == 16 else str(protocol)


def _socket_option(level: int, option: int) -> str:
    names = {0: "IpOption", 1: "SocketOption", 6: "TcpOption", 41: "Ipv6Option"}
    return constant(names[level], option) if level in names else f"{option:#x}"


def _union(parameter: Parameter) -> Writer:
    assert parameter.length_from is not None, "the generator gives every union its command"
    choices, command_at = UNIONS[parameter.type], parameter.length_from
    unknown = _hexadecimal(int)

    def write(word: int, context: Context) -> str | None:
        command = uint32(context.call.words[command_at])
        if command not in choices:
            return unknown(word, context)
        choice = choices[command]
        return None if choice is None else argument_writer(choice)(word, context)

    return write


_SCALARS: dict[str, Callable[[Parameter], Writer]] = {
    "int": _always(_int),
    "fd": _always(_int),
    "pid": _always(_int),
    "uint": _always(_uint),
    "long": _always(_long),
    "offset": _always(_long),
    "ulong": _always(lambda word, context: str(word)),
    "size": _always(lambda word, context: str(word)),
    "uid": _always(_id),
    "gid": _always(_id),
    "dirfd": _always(_dirfd),
    "hex": _always(_hexadecimal(int)),
    "hex32": _always(_hexadecimal(uint32)),
    "mode": _always(lambda word, context: permissions(word & 0xFFFF)),
    "filemode": _always(lambda word, context: file_mode(word & 0xFFFF)),
    "dev": _always(lambda word, context: device(uint32(word))),
    "signal": _always(lambda word, context: signal_name(int32(word))),
    "address": _always(lambda word, context: pointer(word)),
    "flags": _flags,
    "enum": _enum,
    "union": _union,
}
