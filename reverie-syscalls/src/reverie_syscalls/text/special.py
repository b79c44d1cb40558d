"""Calls whose argument list is not simply their arguments in order: clone, clone3, futex, prctl."""

from collections.abc import Callable

from ..abi import int32, uint32
from ..args import structs
from ..signals import signal_name
from .arguments import argument_writer, argument_writers
from .constants import constant, constant_name, flags
from .context import Context, peek, pointer
from .structs import struct_text

_VM, _SETTLS, _PARENT_SETTID = 0x100, 0x80000, 0x100000
_CHILD_TIDS = 0x200000 | 0x1000000
_CLOCK_REALTIME = 0x100


def argument_texts(context: Context) -> list[str]:
    """Return the arguments of a call, each as text, in strace's order."""
    writer = _WRITERS.get(context.call.name)
    return _in_order(context) if writer is None else writer(context)


def _in_order(context: Context) -> list[str]:
    words = context.call.words
    texts = []
    for index, write in argument_writers(type(context.call)):  # type: ignore[arg-type]  # mypy: a class is hashed as its instances
        text = write(words[index], context)
        if text is None:
            break
        texts.append(text)
    return texts


def _clone(context: Context) -> list[str]:
    bits, stack, parent_tid, child_tid, tls, _ = context.call.words
    signal = bits & 0xFF
    names = flags("CloneFlags", bits & ~0xFF) if bits & ~0xFF else ""
    shown = "|".join(part for part in (names, signal_name(signal) if signal else "") if part)
    texts = [f"child_stack={pointer(stack)}", f"flags={shown or '0'}"]
    if bits & _PARENT_SETTID:
        data = peek(context.memory, parent_tid, 4) if context.succeeded else None
        tid = pointer(parent_tid) if data is None else f"[{int.from_bytes(data, 'little')}]"
        texts.append(f"parent_tid={tid}")
    if bits & _SETTLS:
        texts.append(f"tls={pointer(tls)}")
    if bits & _CHILD_TIDS:
        texts.append(f"child_tidptr={pointer(child_tid)}")
    return texts


def _clone3(context: Context) -> list[str]:
    address, size = context.call.words[:2]
    wanted = structs.CloneArgs.size
    data = peek(context.memory, address, min(size, wanted)) if address and size >= 64 else None
    if data is None:
        return [pointer(address), str(size)]
    args = structs.CloneArgs.from_bytes(data.ljust(wanted, b"\0"))
    text = struct_text(args, context)
    if context.succeeded and args.flags & _PARENT_SETTID:
        tid = peek(context.memory, args.parent_tid, 4)
        if tid is not None:
            text += f" => {{parent_tid=[{int.from_bytes(tid, 'little')}]}}"
    return [text, str(size)]


def _futex(context: Context) -> list[str]:
    address, operation, value, timeout, second, third = context.call.words
    number = uint32(operation)
    texts = [pointer(address), _futex_name(number), str(uint32(value))]
    time = argument_writer(context.call.signature[3])(timeout, context) or ""
    amount = str(uint32(timeout))
    match number & ~(_CLOCK_REALTIME | 128):
        case 0 | 6 | 13:
            return [*texts, time]
        case 1 | 2:
            return texts
        case 3:
            return [*texts, amount, pointer(second)]
        case 4 | 12:
            return [*texts, amount, pointer(second), str(uint32(third))]
        case 7 | 8:
            return texts[:2]
        case 9:
            return [*texts, time, _bitset(third)]
        case 10:
            return [*texts, _bitset(third)]
        case 11:
            return [*texts, time, pointer(second)]
        case _:
            return [*texts, f"{timeout:#x}", pointer(second), f"{uint32(third):#x}"]


def _futex_name(number: int) -> str:
    clock = number & _CLOCK_REALTIME
    name = constant_name("FutexOperation", number & ~_CLOCK_REALTIME)
    if name is None:
        return constant("FutexOperation", number)
    return f"{name}|FUTEX_CLOCK_REALTIME" if clock else name


def _bitset(word: int) -> str:
    return "FUTEX_BITSET_MATCH_ANY" if uint32(word) == 0xFFFF_FFFF else f"{uint32(word):#x}"


_PRCTL_ALL = frozenset({"PR_SET_NO_NEW_PRIVS", "PR_GET_NO_NEW_PRIVS", "PR_SET_THP_DISABLE", "PR_GET_THP_DISABLE"})


def _prctl(context: Context) -> list[str]:
    texts = _in_order(context)
    name = constant_name("PrctlOption", int32(context.call.words[0]))
    known = name is not None and len(texts) >= 2 and name not in _PRCTL_ALL
    if known and not texts[1].startswith("0x"):
        return texts[:2]
    return [texts[0], *(f"{word:#x}" for word in context.call.words[1:5])] if name is None else texts


_WRITERS: dict[str, Callable[[Context], list[str]]] = {
    "clone": _clone,
    "clone3": _clone3,
    "futex": _futex,
    "prctl": _prctl,
}
