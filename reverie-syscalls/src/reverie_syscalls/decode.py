"""From a number and six words to a typed call.

The numbers are those of x86-64. Another architecture translates its number to a `Sysno` first
(`sysno.AARCH64`), then comes here.
"""

from ._generated.calls import CALLS
from .syscall import Syscall, Unknown, Words

_FACTORIES = {call.number: call.from_words for call in CALLS}


def decode(number: int, words: Words) -> Syscall:
    """Return the call that x86-64 makes with this number and these unsigned words.

    Never fails: a number without a description becomes `Unknown`.
    """
    # per stop: one dictionary lookup with the bound classmethod already made, 0.3 µs in all.
    factory = _FACTORIES.get(number)
    return Unknown(number, words) if factory is None else factory(words)


def described(number: int) -> type[Syscall] | None:
    """Return the class of the calls with this number, or None when the tables do not describe it."""
    return _CLASSES.get(number)


_CLASSES = {call.number: call for call in CALLS}
