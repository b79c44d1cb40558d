"""The value of one system call: its number and six words.

Here are the base class and `Unknown`. The typed classes are generated from `tables/` and live in
`_generated/calls.py`. Each holds the raw words and nothing else, so that turning registers into a
call and back loses nothing, and costs next to nothing until somebody asks for an argument.
"""

from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple, NoReturn, Self

from .abi import WORD_MASK
from .sysno import Sysno, by_number

_NATIVE_ABI = "x86_64"
"""Whose numbers `Sysno` has. On another architecture a backend translates its own numbers to them."""

Words = tuple[int, int, int, int, int, int]
"""The six argument words, unsigned, in the order of the kernel's syscall convention."""


class Parameter(NamedTuple):
    """What the tables say about one argument; the data that drives display and JSON."""

    name: str
    direction: str
    """`""` for a value in the register itself, else what the pointer is for: in, out, inout, interrupted."""
    kind: str
    """Which of the language's kinds it is: `int`, `fd`, `flags`, `struct`, `bytes` … (`tables/README.md`)."""
    type: str = ""
    """The name of the flag set, enum, struct or union, for the kinds that have one."""
    length: int | None = None
    """How many items the pointer leads to; None when it is a single one or another argument tells."""
    length_from: int | None = None
    """Index of the argument that holds the length, or the discriminating command of a union."""
    length_behind_pointer: bool = False
    """That argument is a pointer to the length, as `addrlen` of accept(2)."""
    length_is_result: bool = False
    """When the call has returned, only as many items as it returned are meaningful."""
    when: tuple[int, tuple[int, ...]] | None = None
    """The argument exists only if the flags at this index hold all bits of one of these masks."""

    def present(self, words: Words) -> bool:
        """Tell whether the kernel looks at this argument at all."""
        if self.when is None:
            return True
        index, masks = self.when
        return any(words[index] & mask == mask for mask in masks)


class Syscall:
    """A system call with its arguments: an immutable value.

    `words` are the raw arguments; a subclass adds one read-only property per argument, which decodes
    its word on access. Equal when number and words are equal, which covers upper halves and unused
    words the kernel may ignore.
    """

    __slots__ = ("words",)

    sysno: ClassVar[Sysno]
    number: ClassVar[int]
    name: ClassVar[str]
    signature: ClassVar[tuple[Parameter, ...]] = ()
    result_kind: ClassVar[str] = ""

    words: Words

    @classmethod
    def from_words(cls, words: Words) -> Self:
        """Wrap six unsigned 64-bit words without looking at them.

        per stop: one allocation and one slot store, 0.2 µs; checking the words would cost twice that,
        and they come from registers, which cannot be out of range.
        """
        call = _new(cls)
        _set_words(call, words)
        return call

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"cannot set {name!r}: a {type(self).__name__} is immutable; use replace()")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"cannot delete {name!r}: a {type(self).__name__} is immutable")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Syscall):
            return NotImplemented
        return self.number == other.number and self.words == other.words and type(self) is type(other)

    def __hash__(self) -> int:
        return hash((self.number, self.words))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={text}" for name, text in self._shown())
        return f"{type(self).__name__}({shown})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_words, (self.words,)

    def _shown(self) -> Iterator[tuple[str, str]]:
        for parameter, value in zip(self.signature, self.words, strict=False):
            yield parameter.name, _plain(parameter, value)


_new = object.__new__
_set_words = vars(Syscall)["words"].__set__  # the slot's descriptor, which no longer passes __setattr__


def store_words(call: Syscall, *words: int) -> None:
    """Fill a call under construction; the rest of the six words is zero. For generated constructors only."""
    _set_words(call, words + (0,) * (6 - len(words)))


class Unknown(Syscall):
    """A system call the tables do not describe: a number and six words.

    It is injected, compared and displayed like any other; only typed arguments are missing. `sysno` is
    None when not even the number is known.
    """

    __slots__ = ("abi", "number")
    __match_args__ = ("number", "words")

    number: int  # type: ignore[misc]  # per instance here, per class everywhere else
    abi: str

    def __init__(self, number: int, words: tuple[int, ...] = (), abi: str = _NATIVE_ABI) -> None:
        if len(words) > 6:
            raise ValueError(f"a system call has at most 6 arguments, not {len(words)}")
        store_words(self, *(value & WORD_MASK for value in words))
        _set_number(self, number)
        _set_abi(self, abi)

    @classmethod
    def from_words(cls, words: Words) -> Self:
        """Refuse: words alone do not say which call this is."""
        raise TypeError("Unknown needs a number: use Unknown(number, words)")

    @property
    def sysno(self) -> Sysno | None:  # type: ignore[override]  # ClassVar in the base, as for number
        """The call's name as an enum member, or None for a number nobody has taken, and for one of another ABI."""
        return by_number(self.number) if self.abi == _NATIVE_ABI else None

    @property
    def name(self) -> str:  # type: ignore[override]  # ClassVar in the base, as for number
        """The kernel's name, or `syscall_0x1d5` for a number nobody has taken, as strace prints it."""
        sysno = self.sysno
        return f"syscall_{self.number:#x}" if sysno is None else sysno.name

    def replace(self, *, words: tuple[int, ...] | None = None, number: int | None = None) -> Self:
        """Return a copy with other words or another number."""
        changed = self.words if words is None else words
        return type(self)(self.number if number is None else number, changed, self.abi)

    def __repr__(self) -> str:
        words = ", ".join(map(hex, self.words))
        return f"Unknown({self.number}, ({words}), abi={self.abi!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.number, self.words, self.abi)


_set_number = vars(Unknown)["number"].__set__
_set_abi = vars(Unknown)["abi"].__set__

_SIGNED = frozenset({"int", "fd", "dirfd", "pid", "signal"})


def _plain(parameter: Parameter, value: int) -> str:
    """One argument for `repr`: signed or hexadecimal, without guest memory and without enums."""
    if parameter.direction or parameter.kind in ("address", "hex", "union", "flags"):
        return hex(value)
    if parameter.kind in _SIGNED:
        value &= 0xFFFF_FFFF
        return str(value - 0x1_0000_0000 if value & 0x8000_0000 else value)
    return str(value)
