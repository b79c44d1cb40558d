"""One argument as text: a table from kind to function.

Out arguments are shown as pointers until the call has succeeded, because before that they hold nothing.
Memory that cannot be read is shown as its pointer. A function returns None for an argument that does not
exist, which ends the list.
"""

from collections.abc import Callable

from .._generated.calls import UNIONS
from ..abi import int32, int64, uint32
from ..memory import PATH_MAX
from ..signals import signal_name
from ..syscall import Parameter
from . import pointees
from .constants import constant, constant_name, device, file_mode, flags, permissions, statx_mask
from .context import Context, peek_string, pointer
from .quoting import quote

_STATX_SYNC = 0x6000


def argument(parameter: Parameter, word: int, context: Context) -> str | None:
    """Return the text of one argument, or None when the kernel does not look at it."""
    if not parameter.present(context.call.words):
        return None
    if parameter.direction:
        return _behind(parameter, word, context)
    return _SCALARS[parameter.kind](parameter, word, context)


def _behind(parameter: Parameter, address: int, context: Context) -> str:
    if address == 0:
        return "NULL"
    if parameter.kind in ("path", "string") and parameter.direction == "in":
        return _string(parameter, address, context)
    if not context.filled(parameter):
        return pointer(address)
    return pointees.pointee(parameter, address, context) or pointer(address)


def _string(parameter: Parameter, address: int, context: Context) -> str:
    is_path = parameter.kind == "path"
    limit = PATH_MAX - 1 if is_path else context.options.string_limit
    found = peek_string(context.memory, address, limit)
    if found is None:
        return pointer(address)
    data, ended = found
    more = not ended
    if more and (after := peek_string(context.memory, address + limit, 1)) is not None:
        more = not after[1]  # a string of exactly `limit` bytes is whole
    return quote(data, more=more, hexadecimal=context.options.hex_strings)


def _decimal(read: Callable[[int], int]) -> Callable[[Parameter, int, Context], str]:
    return lambda parameter, word, context: str(read(word))


def _hexadecimal(read: Callable[[int], int]) -> Callable[[Parameter, int, Context], str]:
    return lambda parameter, word, context: f"{read(word):#x}" if read(word) else "0"


def _dirfd(parameter: Parameter, word: int, context: Context) -> str:
    return "AT_FDCWD" if int32(word) == -100 else str(int32(word))


def _id(parameter: Parameter, word: int, context: Context) -> str:
    return "-1" if uint32(word) == 0xFFFF_FFFF else str(uint32(word))


def _flags(parameter: Parameter, word: int, context: Context) -> str:
    if parameter.type == "StatxMask":
        return statx_mask(uint32(word))
    if context.call.name == "statx" and not word & _STATX_SYNC:
        names = "" if uint32(word) == 0 else f"|{flags(parameter.type, uint32(word))}"
        return f"AT_STATX_SYNC_AS_STAT{names}"
    return flags(parameter.type, word if parameter.type == "MountFlags" else uint32(word))


def _enum(parameter: Parameter, word: int, context: Context) -> str:
    value = uint32(word) if parameter.type == "IoctlRequest" else int32(word)
    match parameter.type:
        case "IoctlRequest":
            return constant_name("IoctlRequest", value) or _ioctl_number(value)
        case "IpProtocol":
            return _protocol(int32(context.call.words[0]), value)
        case "SocketOption":
            return _socket_option(int32(context.call.words[1]), value)
        case _:
            return constant(parameter.type, value)


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


def _union(parameter: Parameter, word: int, context: Context) -> str | None:
    assert parameter.length_from is not None, "the generator gives every union its command"
    choices = UNIONS[parameter.type]
    command = uint32(context.call.words[parameter.length_from])
    if command not in choices:
        return _SCALARS["hex"](parameter, word, context)
    choice = choices[command]
    return None if choice is None else argument(choice, word, context)


_SCALARS: dict[str, Callable[[Parameter, int, Context], str | None]] = {
    "int": _decimal(int32),
    "fd": _decimal(int32),
    "pid": _decimal(int32),
    "uint": _decimal(uint32),
    "long": _decimal(int64),
    "offset": _decimal(int64),
    "ulong": _decimal(int),
    "size": _decimal(int),
    "uid": _id,
    "gid": _id,
    "dirfd": _dirfd,
    "hex": _hexadecimal(int),
    "hex32": _hexadecimal(uint32),
    "pad": lambda parameter, word, context: "",
    "mode": lambda parameter, word, context: permissions(word & 0xFFFF),
    "filemode": lambda parameter, word, context: file_mode(word & 0xFFFF),
    "dev": lambda parameter, word, context: device(uint32(word)),
    "signal": lambda parameter, word, context: signal_name(int32(word)),
    "address": lambda parameter, word, context: pointer(word),
    "flags": _flags,
    "enum": _enum,
    "union": _union,
}
