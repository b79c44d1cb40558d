"""What a pointer leads to, as text: a table from kind to function. None means: not readable."""

from collections.abc import Callable
from struct import Struct

from ..args import structs
from ..args.layout import find_layout
from ..memory import MemoryFault, read_words
from ..syscall import Parameter
from . import sockets
from .context import ITEM_LIMIT, Context, peek, peek_string, pointer
from .quoting import quote
from .structs import signal_set, struct_text, wait_status

ENVIRON_LIMIT = 1 << 16
"""More variables than that are not counted."""

_UTIME_NOW, _UTIME_OMIT = 0x3FFF_FFFF, 0x3FFF_FFFE

_RECORD_LENGTH = Struct("<16xH")

Writer = Callable[[Parameter, int, Context], str | None]


def pointee_writer(parameter: Parameter) -> Writer:
    """Return what writes the text of what is at an address; it returns None when that is not readable."""
    return _WRITERS[parameter.kind]


def buffer_text(address: int, length: int, context: Context, *, hexadecimal: bool = False) -> str | None:
    """Return `length` bytes at `address` as a string, cut at the limit; only what is shown is read."""
    limit = context.options.string_limit
    data = peek(context.memory, address, min(length, limit))
    if data is None:
        return None
    return quote(data, more=length > limit, hexadecimal=hexadecimal or context.options.hex_strings)


def items_text(address: int, count: int, size: int, write: Callable[[bytes], str], context: Context) -> str | None:
    """Return an array of items of `size` bytes, at most as many as the limit allows."""
    if count == 0:
        return "[]"
    shown = min(count, context.options.string_limit, ITEM_LIMIT)
    texts: list[str] = []
    for index in range(shown):
        data = peek(context.memory, address + index * size, size)
        if data is None:
            if not texts:
                return None
            return f"[{', '.join(texts)}, ... /* {pointer(address + index * size)} */]"
        texts.append(write(data))
    return f"[{', '.join([*texts, '...'] if count > shown else texts)}]"


def _bytes(parameter: Parameter, address: int, context: Context) -> str | None:
    hexadecimal = parameter.kind == "hexbytes"
    return buffer_text(address, context.length_of(parameter), context, hexadecimal=hexadecimal)


def _struct(parameter: Parameter, address: int, context: Context) -> str | None:
    layout = find_layout(parameter.type)
    if parameter.length is not None or parameter.length_from is not None:
        count = context.length_of(parameter)
        return items_text(
            address, count, layout.size, lambda data: struct_text(layout.from_bytes(data), context), context
        )
    data = peek(context.memory, address, layout.size)
    return None if data is None else struct_text(layout.from_bytes(data), context)


def _integer(width: int, *, signed: bool = True, hexadecimal: bool = False) -> Writer:
    def one(data: bytes) -> str:
        value = int.from_bytes(data, "little", signed=signed)
        return f"{value:#x}" if hexadecimal else str(value)

    def write(parameter: Parameter, address: int, context: Context) -> str | None:
        several = parameter.length is not None or parameter.length_from is not None
        return items_text(address, context.length_of(parameter) if several else 1, width, one, context)

    return write


def _string(parameter: Parameter, address: int, context: Context) -> str | None:
    found = peek_string(context.memory, address, context.options.string_limit * 128)
    return None if found is None else quote(found[0], more=not found[1])


def _strings(parameter: Parameter, address: int, context: Context) -> str | None:
    limit = context.options.string_limit
    try:
        addresses, ended = read_words(context.memory, address, limit + 1)
    except MemoryFault:
        return None
    shown = [_vector_item(item, context) for item in addresses[:limit]]
    return f"[{', '.join(shown if ended and len(addresses) <= limit else [*shown, '...'])}]"


def _vector_item(address: int, context: Context) -> str:
    limit = context.options.string_limit
    found = peek_string(context.memory, address, limit + 1)
    if found is None:
        return pointer(address)
    return quote(found[0], limit, hexadecimal=context.options.hex_strings)


def _environ(parameter: Parameter, address: int, context: Context) -> str | None:
    if context.options.verbose:
        return _strings(parameter, address, context)
    try:
        count = len(read_words(context.memory, address, ENVIRON_LIMIT)[0])
    except MemoryFault:
        return f"{pointer(address)} /* unterminated */"
    return f"{pointer(address)} /* {count} var{'' if count == 1 else 's'} */"


def _iovec(parameter: Parameter, address: int, context: Context) -> str | None:
    written = parameter.direction == "out"
    return iovec_text(address, context.length_of(parameter._replace(length_is_result=False)), written, context)


def iovec_text(address: int, count: int, written: bool, context: Context) -> str | None:
    """Return scattered buffers with their contents; of written ones, as much as the result says."""
    left = max(0, context.raw or 0) if written else None

    def one(data: bytes) -> str:
        nonlocal left
        piece = structs.Iovec.from_bytes(data)
        filled = piece.iov_len if left is None else min(piece.iov_len, left)
        if left is not None:
            left -= filled
        base = buffer_text(piece.iov_base, filled, context) if piece.iov_base else None
        return f"{{iov_base={base or pointer(piece.iov_base)}, iov_len={piece.iov_len}}}"

    return items_text(address, count, structs.Iovec.size, one, context)


def _fdset(parameter: Parameter, address: int, context: Context) -> str | None:
    return fdset_text(address, context.length_of(parameter), context)


def fdset_text(address: int, count: int, context: Context) -> str | None:
    """Return the descriptors below `count` that are in a set, as `[0 3]`."""
    count = min(count, ITEM_LIMIT)
    data = peek(context.memory, address, (count + 63) // 64 * 8)
    if data is None:
        return None
    mask = int.from_bytes(data, "little")
    return f"[{' '.join(str(fd) for fd in range(count) if mask >> fd & 1)}]"


def _cpuset(parameter: Parameter, address: int, context: Context) -> str | None:
    length = min(context.length_of(parameter), ITEM_LIMIT // 8)
    data = peek(context.memory, address, length)
    if data is None:
        return None
    mask = int.from_bytes(data, "little")
    return f"[{' '.join(str(cpu) for cpu in range(8 * length) if mask >> cpu & 1)}]"


def _sigset_argument(parameter: Parameter, address: int, context: Context) -> str | None:
    data = peek(context.memory, address, 16)
    if data is None:
        return None
    mask_at, size = int.from_bytes(data[:8], "little"), int.from_bytes(data[8:], "little")
    mask = peek(context.memory, mask_at, 8) if mask_at and size == 8 else None
    shown = pointer(mask_at) if mask is None else signal_set(int.from_bytes(mask, "little"))
    return f"{{sigmask={shown}, sigsetsize={size}}}"


def _wait_status(parameter: Parameter, address: int, context: Context) -> str | None:
    if not context.raw:  # WNOHANG found nobody: nothing was written
        return None
    data = peek(context.memory, address, 4)
    return None if data is None else f"[{wait_status(int.from_bytes(data, 'little'))}]"


def _entries(head: int) -> Writer:
    """Count directory entries, whose 16-bit length stands at offset 16 in old and new records alike."""

    def write(parameter: Parameter, address: int, context: Context) -> str | None:
        data = peek(context.memory, address, min(context.length_of(parameter), 1 << 20))
        if data is None:
            return None
        count = position = 0
        while position + head <= len(data):
            (step,) = _RECORD_LENGTH.unpack_from(data, position)
            if step < head:
                break
            position, count = position + step, count + 1
        return f"{pointer(address)} /* {count} entr{'y' if count == 1 else 'ies'} */"

    return write


def _utimensat(parameter: Parameter, address: int, context: Context) -> str | None:
    def one(data: bytes) -> str:
        time = structs.Timespec.from_bytes(data)
        special = {_UTIME_NOW: "UTIME_NOW", _UTIME_OMIT: "UTIME_OMIT"}.get(time.tv_nsec)
        return special or struct_text(time, context)

    return items_text(address, 2, structs.Timespec.size, one, context)


def _option(parameter: Parameter, address: int, context: Context) -> str | None:
    length = context.length_of(parameter)
    data = peek(context.memory, address, 4) if length == 4 else None
    if data is not None:
        return f"[{int.from_bytes(data, 'little', signed=True)}]"
    return buffer_text(address, length, context)


def _sockaddr(parameter: Parameter, address: int, context: Context) -> str | None:
    return sockets.address_text(address, context.length_of(parameter), context)


def _msghdr(parameter: Parameter, address: int, context: Context) -> str | None:
    data = peek(context.memory, address, structs.Msghdr.size)
    if data is None:
        return None
    header = structs.Msghdr.from_bytes(data)
    pieces = iovec_text(header.msg_iov, header.msg_iovlen, parameter.direction == "out", context)
    return sockets.header_text(header, pieces if header.msg_iov else "NULL", context)


_WRITERS: dict[str, Writer] = {
    "bytes": _bytes,
    "hexbytes": _bytes,
    "struct": _struct,
    "siginfo": lambda parameter, address, context: _struct(parameter._replace(type="SigInfo"), address, context),
    "path": _string,
    "string": _string,
    "strings": _strings,
    "environ": _environ,
    "iovec": _iovec,
    "fdset": _fdset,
    "cpuset": _cpuset,
    "sigsetarg": _sigset_argument,
    "waitstatus": _wait_status,
    "dirents": _entries(18),
    "dirents64": _entries(19),
    "utimensat": _utimensat,
    "option": _option,
    "sockaddr": _sockaddr,
    "msghdr": _msghdr,
    "int": _integer(4),
    "fd": _integer(4),
    "uint": _integer(4, signed=False),
    "socklen": _integer(4),
    "offset": _integer(8),
    "time": _integer(8),
    "hex": _integer(8, signed=False, hexadecimal=True),
}
