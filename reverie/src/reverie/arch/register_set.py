"""The general registers of a stopped thread, by name: what the architectures' register sets share."""

from array import array
from typing import ClassVar, Self

_WORD_MASK = (1 << 64) - 1


class RegisterSet:
    """Registers as unsigned 64-bit words that can be changed; ``registers["rax"]`` reads and sets one."""

    __slots__ = ("words",)

    NAMES: ClassVar[tuple[str, ...]]
    """In the kernel's order."""

    def __init__(self, data: bytes | None = None) -> None:
        """Take the registers as the kernel lays them out; by default all are 0."""
        self.words = array("Q", bytes(8 * len(self.NAMES)) if data is None else data)

    def copy(self) -> Self:
        """Return registers that can be changed apart from these."""
        return type(self)(self.words.tobytes())

    def to_bytes(self) -> bytes:
        """Return the registers as the kernel lays them out."""
        return self.words.tobytes()

    def __getitem__(self, name: str) -> int:
        return self.words[self._index(name)]

    def __setitem__(self, name: str, value: int) -> None:
        self.words[self._index(name)] = value & _WORD_MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.words == other.words

    __hash__ = None  # type: ignore[assignment]  # it can be changed, so it cannot be a key

    def __repr__(self) -> str:
        shown = " ".join(f"{name}={word:#x}" for name, word in zip(self.NAMES, self.words, strict=True))
        return f"{type(self).__name__}({shown})"

    def _index(self, name: str) -> int:
        try:
            return self.NAMES.index(name)
        except ValueError:
            raise KeyError(f"there is no register {name!r}; there are {', '.join(self.NAMES)}") from None


__all__ = ["RegisterSet"]
