"""Memory for a thread's registers, as words that stay at one address."""

import ctypes


class RegisterWords:
    """The words; how they are read and set differs between processors."""

    __slots__ = ("_address", "_storage", "words")

    def __init__(self, size_bytes: int) -> None:
        self._storage = ctypes.create_string_buffer(size_bytes)
        self._address = ctypes.addressof(self._storage)
        self.words = memoryview(self._storage).cast("B").cast("Q")


__all__ = ["RegisterWords"]
