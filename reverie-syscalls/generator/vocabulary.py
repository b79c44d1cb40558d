"""The flag sets, enums and structs that tables may name, read from the package's own source.

The package cannot be imported while its generated half may be missing or wrong. The modules that define
constants import nothing but the standard library, so they are run alone; structs are only listed.
"""

import ast
import runpy
from enum import IntEnum, IntFlag
from pathlib import Path
from typing import NamedTuple


class Vocabulary(NamedTuple):
    """What the tables may name."""

    enums: dict[str, type[IntEnum] | type[IntFlag]]
    modules: dict[str, str]
    """For each enum, the module that defines it, relative to `args`."""
    structs: frozenset[str]


def read_vocabulary(package: Path) -> Vocabulary:
    """Collect every enum and struct defined under `args/`, and `SigInfo`, which stands beside it."""
    enums: dict[str, type[IntEnum] | type[IntFlag]] = {}
    modules: dict[str, str] = {}
    sources = {path: f"flags.{path.stem}" for path in sorted((package / "args" / "flags").glob("[a-z]*.py"))}
    for path, module in [*sources.items(), (package / "args" / "ioctl.py", "ioctl")]:
        for name, value in runpy.run_path(str(path)).items():
            if isinstance(value, type) and issubclass(value, (IntEnum, IntFlag)) and value.__module__ == "<run_path>":
                enums[name] = value
                modules[name] = module
    return Vocabulary(enums, modules, frozenset({"SigInfo"} | _structs(package / "args" / "structs")))


def _structs(folder: Path) -> set[str]:
    trees = (ast.parse(path.read_text()) for path in sorted(folder.glob("[a-z]*.py")))
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
