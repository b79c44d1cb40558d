"""What formatting one call needs to know, and reads that cannot fail."""

from dataclasses import dataclass

from ..abi import int64
from ..errnos import Errno, is_error
from ..memory import Memory, MemoryFault, read_cstring
from ..syscall import Parameter, Syscall

ITEM_LIMIT = 4096
"""No more items than that are read from an array, whatever length the guest claims."""

_INTERRUPTED = frozenset({-int(Errno.EINTR), -int(Errno.ERESTART_RESTARTBLOCK)})


@dataclass(frozen=True, slots=True)
class DisplayOptions:
    """How much of the arguments is shown."""

    string_limit: int = 32
    """Bytes of a string, and items of an array, before `...`; paths are never cut. strace's -s."""
    verbose: bool = False
    """Show all fields of structs and the strings of environments. strace's -v."""
    hex_strings: bool = False
    """Show every byte of a string as `\\xNN`. strace's -xx."""


class Context:
    """One call being formatted."""

    __slots__ = ("call", "memory", "options", "raw", "succeeded")

    def __init__(self, call: Syscall, memory: Memory, raw: int | None, options: DisplayOptions) -> None:
        self.call = call
        self.memory = memory
        self.raw = raw
        """The raw result, or None while the call has not returned."""
        self.options = options
        self.succeeded = raw is not None and not is_error(raw)
        """Whether the kernel has filled the out arguments."""

    def filled(self, parameter: Parameter) -> bool:
        """Tell whether there is anything behind a pointer yet."""
        match parameter.direction:
            case "out":
                return self.succeeded
            case "interrupted":
                return self.raw is not None and int64(self.raw) in _INTERRUPTED
            case _:
                return True

    def length_of(self, parameter: Parameter) -> int:
        """Return how many items the pointer leads to, as other arguments and the result tell; never negative."""
        length = self._claimed(parameter)
        if parameter.length_is_result and self.raw is not None:
            length = int64(self.raw) if length is None else min(length, int64(self.raw))
        return max(0, length or 0)

    def _claimed(self, parameter: Parameter) -> int | None:
        if parameter.length is not None or parameter.length_from is None:
            return parameter.length
        value = self.call.words[parameter.length_from]
        if not parameter.length_behind_pointer:
            return _as_length(value, self.call.signature[parameter.length_from].kind)
        data = peek(self.memory, value, 4)
        return None if data is None else int.from_bytes(data, "little")


def _as_length(value: int, kind: str) -> int:
    """A length as wide as the kernel takes it; a negative int is none."""
    if kind == "int":
        value &= 0xFFFF_FFFF
        return 0 if value & 0x8000_0000 else value
    return value & 0xFFFF_FFFF if kind == "uint" else value


def peek(memory: Memory, address: int, length: int) -> bytes | None:
    """Return exactly `length` bytes, or None when they are not all readable."""
    try:
        data = memory.read_some(address, length)
    except MemoryFault:
        return None
    return data if len(data) == length else None


def peek_string(memory: Memory, address: int, limit: int) -> tuple[bytes, bool] | None:
    """Return a C string as `read_cstring` does, or None when it is not readable."""
    try:
        return read_cstring(memory, address, limit)
    except MemoryFault:
        return None


def pointer(address: int) -> str:
    """Return an address as strace prints it."""
    return f"{address:#x}" if address else "NULL"
