"""A call as strace prints it: `openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3`.

Nothing here fails: memory that cannot be read is shown as its pointer, values nobody has named as numbers,
and whatever lengths a guest claims, the work is bounded by `DisplayOptions` and a few constants.

A call that has returned is formatted from memory as it is then. Where the kernel writes over what the
program passed (select's sets, accept's length), the text shows what it wrote; strace remembers both.

What writes text is loaded with the first text: a tool that only counts calls shall not wait for it.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from .memory import Memory
from .syscall import Syscall, Unknown
from .text.context import Context, DisplayOptions

__all__ = ["RESULT_COLUMN", "DisplayOptions", "format_call", "format_line", "format_parts", "format_result"]

DEFAULT = DisplayOptions()

RESULT_COLUMN = 39
"""strace's default alignment (its -a): the space before `=` stands there, unless the call is longer."""


def format_call(call: Syscall, memory: Memory, raw: int | None = None, options: DisplayOptions = DEFAULT) -> str:
    """Return name and arguments.

    Args:
        raw: the raw result, signed or unsigned; None while the call has not returned. Out arguments are
            shown as pointers unless it is a success, and cut to it where it is a length.
    """
    return _call_text(Context(call, memory, raw, options))


def format_result(call: Syscall, raw: int) -> str:
    """Return the raw result as this call's results are written: `3`, `0x7f…`, `-1 ENOENT (…)`, `? ERESTARTSYS (…)`."""
    return _text().result(call, raw)


def format_line(call: Syscall, memory: Memory, raw: int | None, options: DisplayOptions = DEFAULT) -> str:
    """Return the complete line, with the result in strace's column; `?` for a call that will not return."""
    text, result = format_parts(call, memory, raw, options)
    return f"{text:<{RESULT_COLUMN}} = {result}"


def format_parts(call: Syscall, memory: Memory, raw: int | None, options: DisplayOptions = DEFAULT) -> tuple[str, str]:
    """Return what stands on either side of `=`, for who puts more before the call than its text."""
    context = Context(call, memory, raw, options)
    text = _text()
    return _call_text(context), "?" if raw is None else text.result(call, raw) + text.besides(context)


def _call_text(context: Context) -> str:
    call = context.call
    if isinstance(call, Unknown):
        return f"{call.name}({', '.join(f'{word:#x}' if word else '0' for word in call.words)})"
    return f"{call.name}({', '.join(_text().arguments(context))})"


class _Text(NamedTuple):
    """What writes text."""

    arguments: Callable[[Context], list[str]]
    result: Callable[[Syscall, int], str]
    besides: Callable[[Context], str]


@cache
def _text() -> _Text:
    """Load what writes text, when the first text is wanted."""
    from .text.results import besides, result_text
    from .text.special import argument_texts

    return _Text(argument_texts, result_text, besides)
