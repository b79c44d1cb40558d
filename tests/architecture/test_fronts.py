"""Front doors are only doors; and what is more than a door, or less, is found."""

from collections.abc import Callable

import pytest

from tests.architecture.shapes import bad_fronts
from tests.architecture.source_tree import Module

WriteTree = Callable[[dict[str, str]], dict[str, Module]]


def test_the_front_doors_are_in_order(modules: dict[str, Module]) -> None:
    assert not (complaints := bad_fronts(modules)), "\n".join(complaints)


def test_a_door_in_order_has_no_complaints(write_tree: WriteTree) -> None:
    text = '"""Door."""\nfrom reverie.a import B, c\n__all__ = ["B", "a", "c"]\n__version__ = "1"\n'
    assert bad_fronts(write_tree({"reverie.": text, "reverie.a": "", "reverie.b.": '"""Room."""'})) == []


def test_a_door_may_pass_on_all_of_a_generated_module(write_tree: WriteTree) -> None:
    text = (
        '"""Door."""\nfrom ._generated import calls as _calls\nfrom ._generated.calls import *\n'
        '__all__ = ["X10", "B", "X2a", "X10a", "a"]\n'
        "__all__ += _calls.__all__\nfrom .a import B, X10, X10a, X2a, a\n"
    )
    assert bad_fronts(write_tree({"reverie.": text})) == []


def test_a_door_may_load_a_room_when_it_is_entered(write_tree: WriteTree) -> None:
    text = (
        '"""Door."""\nfrom typing import TYPE_CHECKING\nfrom .loading import loader\n'
        "if TYPE_CHECKING:\n    from .a import B, c\n"
        '__all__ = ["B", "c"]\n__getattr__ = loader(__name__)\n'
    )
    assert bad_fronts(write_tree({"reverie.": text})) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('"""Door."""\nif TYPE_CHECKING:\n    from .a import b\n__all__ = ["c"]\nimport c', "b is imported but not in"),
        ('"""Door."""\n__all__ = []\nif TYPE_CHECKING:\n    x = 1', "logic in a front door"),
        ('"""Door."""\n__all__ = ["b"]\nif DEBUG:\n    from .a import b', "logic in a front door"),
        ("__all__ = []", "has no docstring"),
        ('"""Door."""', "has no __all__"),
        ('"""Door."""\nfrom a import b, c\n__all__ = ["c", "b"]', "not sorted: c comes too early"),
        ('"""Door."""\nfrom a import b, c\n__all__ = ["b"]', "c is imported but not in __all__"),
        ('"""Door."""\nfrom a import B, C2, C10\n__all__ = ["C10", "B", "C2"]', "sorted"),
        ('"""Door."""\nfrom a import *\n__all__ = []', "* is imported but not in __all__"),
        ('"""Door."""\n__all__ = ["b"]', "b is in __all__ but neither imported nor a module"),
        ('"""Door."""\nfrom a import b\n__all__ = ["b", "b"]', "b is in __all__ twice"),
        ('"""Door."""\n__all__ = []\ndef f(): ...', "logic in a front door"),
        (
            '"""Door."""\n__all__ = []\ntry:\n    import a\nexcept E:\n    pass',
            "logic in a front door",
        ),
        ('"""Door."""\n__all__ = []\n__version__ = version("reverie")', "logic in a front door"),
    ],
)
def test_a_bad_door_is_found(text: str, complaint: str, write_tree: WriteTree) -> None:
    [line] = bad_fronts(write_tree({"reverie.": text}))
    assert complaint in line
