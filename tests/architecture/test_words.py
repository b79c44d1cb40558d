"""Modules are named for what they are about, and what is public is explained."""

from collections.abc import Callable

import pytest

from tests.architecture.shapes import undocumented, vague_names
from tests.architecture.source_tree import Module, everything

WriteTree = Callable[[dict[str, str]], dict[str, Module]]


def test_no_module_has_a_vague_name() -> None:
    assert not (complaints := vague_names(everything())), "\n".join(complaints)


def test_everything_public_has_a_docstring(modules: dict[str, Module]) -> None:
    assert not (complaints := undocumented(modules.values())), "\n".join(complaints)


@pytest.mark.parametrize("name", ["reverie.utils", "reverie._misc", "reverie.helpers.", "reverie.a.common"])
def test_a_vague_name_is_found(name: str, write_tree: WriteTree) -> None:
    [line] = vague_names(write_tree({name: ""}).values())
    assert "name it for what it is about" in line


def test_what_has_no_docstring_is_found(write_tree: WriteTree) -> None:
    modules = write_tree(
        {
            "reverie.a": "x = 1",
            "reverie.b": '"""B."""\nclass C: ...\nasync def f(): ...\ndef _private(): ...',
            "reverie.c": '"""C."""\n@overload\ndef f(): ...\ndef f():\n    """F."""',
            "reverie._generated.d": "class D: ...",
        }
    )
    lines = undocumented(modules.values())
    assert [line.rpartition("/")[2] for line in lines] == [
        "a.py: the module has no docstring",
        "b.py:2: C has no docstring",
        "b.py:3: f has no docstring",
    ]
