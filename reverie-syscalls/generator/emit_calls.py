"""Write `_generated/calls.py`: one flat class for each described call, and the unions.

The lines are written as `ruff format` would leave them, so that formatting the tree changes nothing.
"""

import re

from emit_numbers import header
from language import Argument
from pytypes import PythonType, python_type
from reading import Call, Tables, Union
from vocabulary import Vocabulary

LINE = 120


def emit_calls(tables: Tables, vocabulary: Vocabulary) -> str:
    """Return the text of the module."""
    described = [call for call in tables.calls if call.arguments is not None]
    body: list[str] = []
    for call in described:
        body += ["", "", *_class(call, call.arguments or (), vocabulary)]
    body += ["", "", "CALLS: tuple[type[Syscall], ...] = ("]
    body += [f"    {class_name(call.name)}," for call in described]
    body += [")", '"""Every class in this module, by number."""']
    body += ["", *_unions(tables, vocabulary)]
    body += [
        "",
        "__all__ = [",
        *(f'    "{name}",' for name in sorted(class_name(call.name) for call in described)),
        "]",
        "",
    ]
    return "\n".join([*_imports("\n".join(body), vocabulary), *body])


def class_name(syscall: str) -> str:
    """Return the class for a call: `rt_sigaction` becomes `RtSigaction`."""
    return "".join(part[:1].upper() + part[1:] for part in syscall.split("_"))


def _imports(body: str, vocabulary: Vocabulary) -> list[str]:
    def used(names: list[str]) -> list[str]:
        return [name for name in sorted(names, key=str.lower) if re.search(rf'(?<!["\w]){name}\b', body)]

    pointers = [
        f"{kind}Pointer" for kind in ("Array", "Buffer", "CString", "Int", "Path", "", "StringVector", "Struct")
    ]
    lines = header("One typed class for each system call the tables describe.")
    lines += ["from __future__ import annotations", "", "from typing import TYPE_CHECKING, Self, SupportsIndex", ""]
    lines += _import("..abi", used(["int32", "int64", "uint32", "word"]))
    lines += ["from ..args.members import member_or_int"]
    lines += _import("..args.pointers", used(pointers))
    lines += ["from ..signals import Signal, signal_of"]
    lines += ["from ..syscall import Parameter, Syscall, store_words", "from .numbers import Sysno", ""]
    lines += ["if TYPE_CHECKING:", "    from ..args import structs"]
    for module in sorted(set(vocabulary.modules.values())):
        names = used([name for name in vocabulary.enums if vocabulary.modules[name] == module])
        lines += _import(f"..args.{module}", names, indent="    ")
    return lines


def _import(module: str, names: list[str], indent: str = "") -> list[str]:
    if not names:
        return []
    line = f"{indent}from {module} import {', '.join(names)}"
    if len(line) <= LINE:
        return [line]
    return [f"{indent}from {module} import (", *(f"{indent}    {name}," for name in names), f"{indent})"]


def _class(call: Call, arguments: tuple[Argument, ...], vocabulary: Vocabulary) -> list[str]:
    names = [argument.name for argument in arguments]
    lines = [f"class {class_name(call.name)}(Syscall):", f'    """{call.name}({", ".join(names)})."""', ""]
    lines += ["    __slots__ = ()", f"    __match_args__ = {_tuple([_quoted(name) for name in names])}"]
    lines += [f"    sysno = Sysno.{call.name}", f"    number = {call.x86_64}", f'    name = "{call.name}"']
    parameters = [_parameter(argument, arguments, vocabulary) for argument in arguments]
    if parameters:
        lines += _wrapped("    signature = ", parameters)
    if call.returns:
        lines.append(f'    result_kind = "{call.returns}"')
    lines += ["", *_constructor(arguments), "", *_replace(call, names)]
    for index, argument in enumerate(arguments):
        lines += ["", *_property(argument, python_type(argument, index), vocabulary)]
    return lines


def _constructor(arguments: tuple[Argument, ...]) -> list[str]:
    if not arguments:
        return ["    def __init__(self) -> None:", "        store_words(self)"]
    optional = ["" if argument.when_flags == "" else " = 0" for argument in arguments]
    if any(optional) and not optional[-1]:  # Python wants every later parameter to have a default too
        optional = [""] * len(arguments)
    typed = [f"{argument.name}: SupportsIndex{default}" for argument, default in zip(arguments, optional, strict=True)]
    words = [f"word({argument.name})" for argument in arguments]
    return [*_def("__init__", ["self", *typed], "None"), *_call_line("        store_words", ["self", *words])]


def _replace(call: Call, names: list[str]) -> list[str]:
    if not names:
        return ["    def replace(self) -> Self:", "        return self"]
    typed = [f"{name}: SupportsIndex | None = None" for name in names]
    lines = _def("replace", ["self", "*", *typed], "Self")
    lines += ["        words = self.words", "        return self.from_words(", "            ("]
    for index in range(6):
        if index < len(names):
            lines.append(f"                words[{index}] if {names[index]} is None else word({names[index]}),")
        else:
            lines.append(f"                words[{index}],")
    return [*lines, "            )", "        )"]


def _property(argument: Argument, python: PythonType, vocabulary: Vocabulary) -> list[str]:
    annotation, expression = python.annotation, python.expression
    if argument.when_flags:
        annotation = f"{annotation} | None"
    lines = ["    @property", f"    def {argument.name}(self) -> {annotation}:"]
    if python.lazily:
        lines += [f"        from ..args.{vocabulary.modules[python.lazily]} import {python.lazily}", ""]
    if argument.when_flags:
        lines.append(f"        if not self.signature[{_index(expression)}].present(self.words):")
        lines.append("            return None")
    return [*lines, f"        return {expression}"]


def _index(expression: str) -> str:
    match = re.search(r"words\[(\d)\]", expression)
    assert match is not None, "every property reads its word"
    return match[1]


def _parameter(argument: Argument, others: tuple[Argument, ...], vocabulary: Vocabulary) -> str:
    indexes = {other.name: index for index, other in enumerate(others)}
    parts = [_quoted(argument.name), _quoted(argument.direction), _quoted(argument.kind)]
    if argument.type:
        parts.append(f"type={_quoted(argument.type)}")
    if argument.length.isdigit():
        parts.append(f"length={argument.length}")
    elif argument.length in indexes:
        parts.append(f"length_from={indexes[argument.length]}")
    if argument.behind_pointer:
        parts.append("length_behind_pointer=True")
    if argument.by_result:
        parts.append("length_is_result=True")
    if argument.when_flags:
        index = indexes[argument.when_flags]
        members = vocabulary.enums[others[index].type].__members__
        masks = _tuple([_hex(members[mask]) for mask in argument.when_masks])
        parts.append(f"when=({index}, {masks})")
    return f"Parameter({', '.join(parts)})"


def _unions(tables: Tables, vocabulary: Vocabulary) -> list[str]:
    lines = ["UNIONS: dict[str, dict[int, Parameter | None]] = {"]
    for union in tables.unions:
        members = vocabulary.enums[_commands(union, tables)].__members__
        lines.append(f'    "{union.name}": {{')
        for command, argument in union.choices:
            text = "None" if argument is None else _parameter(argument, (), vocabulary)
            lines.append(f"        {_hex(members[command])}: {text},  # {command}")
        lines.append("    },")
    return [*lines, "}", '"""What an argument is, by the command that chooses; None when the command takes none."""']


def _commands(union: Union, tables: Tables) -> str:
    for call in tables.calls:
        for argument in call.arguments or ():
            if argument.kind == "union" and argument.type == union.name:
                return next(other.type for other in call.arguments or () if other.name == argument.length)
    return ""


def _def(name: str, parameters: list[str], result: str) -> list[str]:
    line = f"    def {name}({', '.join(parameters)}) -> {result}:"
    if len(line) <= LINE:
        return [line]
    inner = f"        {', '.join(parameters)}"
    if len(inner) <= LINE:
        return [f"    def {name}(", inner, f"    ) -> {result}:"]
    return [f"    def {name}(", *(f"        {parameter}," for parameter in parameters), f"    ) -> {result}:"]


def _wrapped(before: str, items: list[str]) -> list[str]:
    """A tuple in the body of a class, on one line if it fits, else one item to a line."""
    line = f"{before}{_tuple(items)}"
    return [line] if len(line) <= LINE else [f"{before}(", *(f"        {item}," for item in items), "    )"]


def _call_line(function: str, arguments: list[str]) -> list[str]:
    return [f"{function}({', '.join(arguments)})"]


def _tuple(items: list[str]) -> str:
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"


def _quoted(text: str) -> str:
    return f'"{text}"'


def _hex(value: int) -> str:
    return f"0x{value:X}"
