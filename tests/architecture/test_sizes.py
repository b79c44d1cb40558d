"""Modules and functions are small; and what is too long is found."""

from collections.abc import Callable

from tests.architecture.shapes import MODULE_LINES_TO_THINK, long_functions, long_modules
from tests.architecture.source_tree import Module, everything

WriteTree = Callable[[dict[str, str]], dict[str, Module]]


def test_no_module_is_too_long() -> None:
    modules = list(everything())
    think = "\n".join(long_modules(modules, MODULE_LINES_TO_THINK))
    assert not (complaints := long_modules(modules)), (
        "\n".join(complaints) + f"\n\nabove {MODULE_LINES_TO_THINK}, think of a split:\n{think}"
    )


def test_no_function_is_too_long() -> None:
    assert not (complaints := long_functions(everything())), "\n".join(complaints)


def test_a_long_module_is_found_unless_it_is_generated(write_tree: WriteTree) -> None:
    text = "x = 1\n" * 601
    modules = write_tree({"reverie.a": text, "reverie.b": text[6:], "reverie._generated.c": text})
    [line] = long_modules(modules.values())
    assert line.endswith("a.py: 601 lines, at most 600")


def test_a_long_function_is_found(write_tree: WriteTree) -> None:
    body = "    x = 1\n" * 59
    text = f"def fits():\n{body}\nasync def does_not():\n{body}    x = 1\n"
    [line] = long_functions(write_tree({"reverie.a": text}).values())
    assert "does_not has 61 lines, at most 60" in line
