"""Room for a tool's data on the guest's stack, for as long as a handler needs it.

Below the stack pointer lies the red zone, which a leaf function uses without moving the
pointer; what is below that belongs to nobody while the thread is stopped. The pointer
itself is never moved. A signal handler of the guest would overwrite the room, but runs
only after the event is over.
"""

from types import TracebackType
from typing import Final, Self

from reverie.arch.machine import RED_ZONE_BYTES
from reverie.errors import ReverieError
from reverie_syscalls import Address, Memory

ALIGNMENT: Final = 16
"""Of every piece: enough for any type that the kernel reads (System V ABI for x86-64, 3.1.2)."""

CAPACITY_BYTES: Final = 8192
"""A page or two below the stack pointer is mapped as a rule; more would soon meet the stack's end."""


class StackRoom:
    """Used as ``with guest.stack() as stack``; what it gave is free again after the block."""

    def __init__(self, memory: Memory, stack_pointer: int) -> None:
        self._memory = memory
        self._top = (stack_pointer - RED_ZONE_BYTES) // ALIGNMENT * ALIGNMENT
        self._low = self._top
        self._open = False

    def __enter__(self) -> Self:
        self._open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False

    @property
    def is_open(self) -> bool:
        """Whether the block is still being run."""
        return self._open

    @property
    def size(self) -> int:
        """How many bytes are in use."""
        return self._top - self._low

    def push(self, data: bytes) -> Address:
        """Write data into the guest and return where it is.

        Raises:
            MemoryFault: the guest's stack does not reach so far.
            ReverieError: it is more than ``CAPACITY_BYTES`` in all, or the block is over.
        """
        if not self._open:
            raise ReverieError("this room on the guest's stack is given back: use it inside its with block")
        low = (self._low - len(data)) // ALIGNMENT * ALIGNMENT
        if self._top - low > CAPACITY_BYTES:
            raise ReverieError(
                f"{len(data)} bytes more do not fit on the guest's stack: {self.size} of {CAPACITY_BYTES} are in use."
                " Inject mmap for larger data"
            )
        self._memory.write(low, data)
        self._low = low
        return Address(low)

    def reserve(self, length: int) -> Address:
        """Return the address of ``length`` zero bytes, for the kernel to write to."""
        return self.push(bytes(length))


__all__ = ["ALIGNMENT", "CAPACITY_BYTES", "StackRoom"]
