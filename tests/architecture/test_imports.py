"""Imports run one way; and each rule finds what breaks it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import imports
from tests.architecture.source_tree import DISTRIBUTIONS, ROOT, Module

Check = Callable[[dict[str, Module]], list[str]]
WriteTree = Callable[[dict[str, str]], dict[str, Module]]

CHECKS: list[Check] = [
    imports.wrong_way,
    imports.past_the_door,
    imports.own_front_door,
    imports.between_rooms,
    imports.ctypes_elsewhere,
    imports.ptrace_elsewhere,
    imports.cycles,
]

DOORS = {"reverie.": "", "reverie.backend.": "__all__ = ['commands', 'Backend']", "reverie.run": ""}


def test_every_package_is_looked_at(modules: dict[str, Module]) -> None:
    assert {module.top for module in modules.values()} == set(DISTRIBUTIONS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_packages_keep_the_rule(check: Check, modules: dict[str, Module]) -> None:
    assert not (complaints := check(modules)), "\n".join(complaints)


def test_what_is_imported_is_declared(modules: dict[str, Module]) -> None:
    assert not (complaints := imports.undeclared(modules, ROOT)), "\n".join(complaints)


@pytest.mark.parametrize(
    ("check", "texts", "complaint"),
    [
        (imports.wrong_way, {"reverie_syscalls.a": "import reverie"}, "may import nothing of ours"),
        (
            imports.wrong_way,
            {"reverie.run": "from reverie_ptrace import X"},
            "imports reverie_ptrace",
        ),
        (imports.wrong_way, {"reverie_examples.a": "import reverie_process"}, "reverie_process"),
        (
            imports.past_the_door,
            {"reverie_ptrace.a": "from reverie.run import X", **DOORS},
            "imports reverie.run, which is no front door",
        ),
        (
            imports.past_the_door,
            {"reverie_ptrace.a": "import reverie.backend.registry", **DOORS, "reverie.backend.registry": ""},
            "imports reverie.backend.registry",
        ),
        (
            imports.past_the_door,
            {"reverie_ptrace.a": "import reverie.errors_too", **DOORS, "reverie.errors_too": ""},
            "imports reverie.errors_too",
        ),
        (imports.own_front_door, {"reverie.a": "from reverie import Tool", "reverie.": ""}, "Tool"),
        (imports.own_front_door, {"reverie.a": "from . import Tool", "reverie.": ""}, "Tool"),
        (
            imports.own_front_door,
            {"reverie.backend.a": "from reverie.backend import X", **DOORS},
            "imports reverie.backend, its own front door",
        ),
        (
            imports.between_rooms,
            {"reverie.tool": "from reverie.backend.commands import X", **DOORS},
            "reverie.tool imports reverie.backend.commands",
        ),
        (imports.ctypes_elsewhere, {"reverie.a": "def f():\n    import ctypes"}, "imports ctypes"),
        (imports.ctypes_elsewhere, {"reverie_ptrace.a": "from ctypes import c_int"}, "ctypes"),
        (imports.ptrace_elsewhere, {"reverie.a": "f(PTRACE_SEIZE)"}, "mentions PTRACE_SEIZE"),
        (imports.ptrace_elsewhere, {"reverie.a": "f('PTRACE_SEIZE failed')"}, "PTRACE_SEIZE"),
        (imports.ptrace_elsewhere, {"reverie.a": "f(kernel.PTRACE_SEIZE)"}, "PTRACE_SEIZE"),
        (imports.ptrace_elsewhere, {"reverie.a": "from x import PTRACE_CONT as cont"}, "a.py:1: mentions PTRACE_CONT"),
        (imports.ptrace_elsewhere, {"reverie_process.a": "libc.ptrace(0)"}, "mentions .ptrace("),
        (
            imports.cycles,
            {
                "reverie.a": "from reverie.b import X",
                "reverie.b": "if TYPE_CHECKING:\n    from .c import X",
                "reverie.c": "def f():\n    from reverie import a",
            },
            "cycle: reverie.a -> reverie.b -> reverie.c -> reverie.a",
        ),
    ],
)
def test_a_broken_rule_is_found(check: Check, texts: dict[str, str], complaint: str, write_tree: WriteTree) -> None:
    [line] = check(write_tree(texts))
    assert complaint in line


def test_an_import_that_is_not_declared_is_found(write_tree: WriteTree, tmp_path: Path) -> None:
    modules = write_tree({"reverie.a": "import reverie_process\nimport reverie_syscalls"})
    project = tmp_path / "reverie" / "pyproject.toml"
    project.write_text("[project]\ndependencies = ['reverie-syscalls >= 0.1']")
    [line] = imports.undeclared(modules, tmp_path)
    assert "imports reverie_process, on which" in line


def test_a_tree_that_keeps_the_rules_has_no_complaints(write_tree: WriteTree) -> None:
    modules = write_tree(
        {
            **DOORS,
            "reverie.": "from reverie.tool import Tool\n__all__ = ['Tool']",
            "reverie.tool": "from reverie import events",
            "reverie.events": "import reverie_syscalls",
            "reverie.arch.x86_64": '"""As PTRACE_GETREGS has it."""\nx = 1  # PTRACE_SEIZE\n"""PTRACE_CONT."""',
            "reverie.backend.rpc.": "",
            "reverie.backend.rpc.host": "from reverie_process.libc import CDLL",
            "reverie.run": "from reverie.backend import Backend",
            "reverie.testing.guest": "from reverie.backend.commands import X",
            "reverie.backend.": "from .commands import X\n__all__ = ['X', 'commands']",
            "reverie.backend.commands": "from reverie.events import X",
            "reverie_ptrace.a": "import reverie\nfrom reverie.backend.commands import X",
            "reverie_ptrace.b": "from reverie.arch.x86_64 import x\nfrom reverie.backend.rpc import host",
            "reverie_ptrace.kernel.wait": "import ctypes  # PTRACE_SEIZE",
            "reverie_process.libc": "from ctypes import CDLL",
        }
    )
    assert [line for check in CHECKS for line in check(modules)] == []
