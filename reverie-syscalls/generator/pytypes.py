"""From an argument to Python: the type a property has, and the expression that decodes its word."""

from typing import NamedTuple

from language import Argument

WORD = "self.words[{index}]"

_INT32 = ("int", "int32({word})")
_UINT32 = ("int", "uint32({word})")
_INT64 = ("int", "int64({word})")
_RAW = ("int", "{word}")

_SCALARS = {
    "int": _INT32,
    "fd": _INT32,
    "dirfd": _INT32,
    "pid": _INT32,
    "uint": _UINT32,
    "uid": _UINT32,
    "gid": _UINT32,
    "hex32": _UINT32,
    "dev": _UINT32,
    "long": _INT64,
    "offset": _INT64,
    "ulong": _RAW,
    "size": _RAW,
    "hex": _RAW,
    "pad": _RAW,
    "union": _RAW,
    "mode": ("int", "{word} & 0xFFFF"),
    "filemode": ("int", "{word} & 0xFFFF"),
    "signal": ("Signal | int", "signal_of(int32({word}))"),
    "address": ("Pointer", "Pointer({word})"),
}
_POINTEES = {
    "path": ("PathPointer", "PathPointer({word})"),
    "string": ("CStringPointer", "CStringPointer({word})"),
    "strings": ("StringVectorPointer", "StringVectorPointer({word})"),
    "environ": ("StringVectorPointer", "StringVectorPointer({word})"),
    "iovec": ("ArrayPointer[structs.Iovec]", 'ArrayPointer({word}, "Iovec")'),
    "msghdr": ("StructPointer[structs.Msghdr]", 'StructPointer({word}, "Msghdr")'),
    "siginfo": ("StructPointer[structs.SigInfo]", 'StructPointer({word}, "SigInfo")'),
    "utimensat": ("ArrayPointer[structs.Timespec]", 'ArrayPointer({word}, "Timespec")'),
    "sigsetarg": ("Pointer", "Pointer({word})"),
    "int": ("IntPointer", "IntPointer({word})"),
    "fd": ("IntPointer", "IntPointer({word})"),
    "waitstatus": ("IntPointer", "IntPointer({word})"),
    "uint": ("IntPointer", "IntPointer({word}, 4, False)"),
    "socklen": ("IntPointer", "IntPointer({word}, 4, False)"),
    "offset": ("IntPointer", "IntPointer({word}, 8)"),
    "time": ("IntPointer", "IntPointer({word}, 8)"),
    "hex": ("IntPointer", "IntPointer({word}, 8, False)"),
}
_BUFFER = ("BufferPointer", "BufferPointer({word})")


class PythonType(NamedTuple):
    """How a property is written."""

    annotation: str
    expression: str
    lazily: str = ""
    """An enum that the property imports itself, so that importing the package builds no enum it may not need."""


def python_type(argument: Argument, index: int) -> PythonType:
    """Return how the property for this argument is written."""
    word = WORD.format(index=index)
    if argument.kind == "flags":
        value = word if argument.width == "long" else f"uint32({word})"
        return PythonType(argument.type, f"{argument.type}({value})", argument.type)
    if argument.kind == "enum":
        value = {"": f"int32({word})", "unsigned": f"uint32({word})", "long": word}[argument.width]
        return PythonType(f"{argument.type} | int", f"member_or_int({argument.type}, {value})", argument.type)
    if argument.kind == "struct":
        pointer = "ArrayPointer" if argument.length or argument.by_result else "StructPointer"
        return PythonType(f"{pointer}[structs.{argument.type}]", f'{pointer}({word}, "{argument.type}")')
    known = _POINTEES if argument.direction else _SCALARS
    annotation, expression = known.get(argument.kind, _BUFFER)
    return PythonType(annotation, expression.format(word=word))
