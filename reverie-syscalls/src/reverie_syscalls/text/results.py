"""What stands after the `=`: a value in the form its kind wants, an error, or what came out besides."""

from functools import cache

from ..abi import WORD_MASK, int32, int64
from ..errnos import RESTART_CODES, Errno, describe, is_error
from ..signals import signal_name
from ..syscall import Syscall
from . import pointees
from .constants import constant, flags
from .context import Context, peek

_F_GETFD, _F_GETFL = 1, 3


def result_text(call: Syscall, raw: int) -> str:
    """Return the result as strace prints it."""
    if is_error(raw):
        return error_text(-int64(raw))
    value = int64(raw)
    match call.result_kind:
        case "address" | "hex":
            return f"{raw & WORD_MASK:#x}" if raw else "0"
        case "octal":
            return f"0{value:02o}"
        case "none":
            return "?"
        case "signal" if value:
            return f"{value} ({signal_name(value)})"
        case "schedpolicy":
            return f"{value} ({constant('SchedPolicy', value)})"
        case "fcntl" if int32(call.words[1]) == _F_GETFL:
            return f"{value:#x} (flags {flags('OpenFlags', value)})"
        case "fcntl" if int32(call.words[1]) == _F_GETFD and value:
            return f"{value:#x} (flags {flags('DescriptorFlags', value)})"
        case _:
            return str(value)


@cache  # there are 4095
def error_text(number: int) -> str:
    """Return `-1 ENOENT (No such file or directory)`, or with `?` what a restart code means."""
    errno = Errno(number)
    if errno in RESTART_CODES:
        return f"? {errno.name} ({describe(errno)})"
    if errno.name.startswith("ERRNO_"):
        return f"-1 (errno {number})"
    return f"-1 {errno.name} ({describe(errno)})"


def besides(context: Context) -> str:
    """Return what waiting calls found out, which strace puts in brackets behind the result."""
    write = _BESIDES.get(context.call.name)
    if write is None or not context.succeeded:
        return ""
    return " (Timeout)" if context.raw == 0 else write(context)


def _polled(context: Context) -> str:
    address, count = context.call.words[0], context.call.words[1] & 0xFFFF_FFFF
    found = []
    for index in range(min(count, 1024)):
        data = peek(context.memory, address + 8 * index, 8)
        if data is None:
            break
        revents = int.from_bytes(data[6:], "little")
        if revents:
            fd = int.from_bytes(data[:4], "little", signed=True)
            found.append(f"{{fd={fd}, revents={flags('PollEvents', revents)}}}")
    return f" ([{', '.join(found)}])" if found else ""


def _selected(context: Context) -> str:
    nfds = max(0, int32(context.call.words[0]))
    found = []
    for label, address in zip(("in", "out", "except"), context.call.words[1:4], strict=True):
        text = pointees.fdset_text(address, nfds, context) if address else None
        if text is not None and text != "[]":
            found.append(f"{label} {text}")
    return f" ({', '.join(found)})" if found else ""


_BESIDES = {"poll": _polled, "ppoll": _polled, "select": _selected, "pselect6": _selected}
