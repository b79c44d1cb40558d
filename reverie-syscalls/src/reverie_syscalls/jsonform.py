"""A call as JSON-ready objects: the same knowledge as strace's text, in a form for programs.

`to_json` returns only dicts, lists, strs, ints, bools and None. The forms are:

| what | form |
|---|---|
| number | int, signed as the kernel reads it |
| flag set | `{"names": ["O_WRONLY", "O_CREAT"], "value": 65}`; bits without a name only in the value |
| enum, signal | `{"name": "SEEK_SET", "value": 0}`; the name is null when there is none |
| string, buffer | str when it is UTF-8, else `{"bytes": "ff00"}` in hexadecimal |
| the same, cut | `{"prefix": <one of the two>, "length": 70000}`; a string without an end has length null |
| struct | object by field name |
| array, vector | list, with at most 1024 items |
| socket address | object with `family` and the fields of that family |
| null pointer | null |
| pointer whose memory is unreadable, not yet filled, or of no known type | `{"address": 140737488347136}` |
| argument that is absent, as open's mode without O_CREAT | left out |
"""

from .abi import int64
from .errnos import Errno, is_error
from .memory import Memory
from .syscall import Syscall
from .text.context import Context, DisplayOptions


def to_json(call: Syscall, memory: Memory, raw: int | None) -> dict[str, object]:
    """Return name, number, `args`, `result` and `error`; the module's docstring tells the forms.

    Args:
        raw: the raw result, or None while the call has not returned. `result` is null then, and `error` is
            the errno's name when the call failed, else null. Never raises, whatever the guest passed.
    """
    from .jsonvalues import argument_objects  # with all flags and structs: 20 ms, for those who want JSON

    error = Errno(-int64(raw)).name if raw is not None and is_error(raw) else None
    return {
        "name": call.name,
        "number": call.number,
        "args": argument_objects(Context(call, memory, raw, DisplayOptions())),
        "result": None if raw is None else int64(raw),
        "error": error,
    }
