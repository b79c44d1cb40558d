"""Check the sizes, the front doors and the words. Each check returns its complaints."""

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from tests.architecture.source_tree import DISTRIBUTIONS, GENERATED, Module, exported

MODULE_LINES = 600
MODULE_LINES_TO_THINK = 400
FUNCTION_LINES = 60

VAGUE = {"common", "helper", "helpers", "manager", "misc", "util", "utils"}

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def long_modules(modules: Iterable[Module], limit: int = MODULE_LINES) -> list[str]:
    """No module is longer than the limit, generated ones excepted."""
    lengths = [(len(m.text.splitlines()), m) for m in modules if not m.is_generated]
    return [f"{m.path}: {n} lines, at most {limit}" for n, m in lengths if n > limit]


def long_functions(modules: Iterable[Module], limit: int = FUNCTION_LINES) -> list[str]:
    """No function is longer than the limit, with its docstring and without its decorators."""
    return [
        f"{module.at(node.lineno)}: {node.name} has {length} lines, at most {limit}"
        for module in modules
        if not module.is_generated
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > limit
    ]


def bad_fronts(modules: dict[str, Module]) -> list[str]:
    """An `__init__.py` is a docstring, imports, and an `__all__` that is sorted and complete."""
    return [
        complaint
        for module in modules.values()
        if module.is_package
        for complaint in (*_logic(module), *_export_list(module, modules))
    ]


def vague_names(modules: Iterable[Module]) -> list[str]:
    """No module or package has a name that says nothing."""
    return [
        f"{module.path}: name it for what it is about, not {word!r}"
        for module in modules
        if (word := module.name.rpartition(".")[2].strip("_")) in VAGUE
    ]


def undocumented(modules: Iterable[Module]) -> list[str]:
    """Every module has a docstring, and so has every public class and function in it."""
    return [complaint for module in modules if not module.is_generated for complaint in _without_docstring(module)]


def _without_docstring(module: Module) -> Iterator[str]:
    if ast.get_docstring(module.tree) is None:
        yield f"{module.path}: the module has no docstring"
    for node in module.tree.body:
        if not isinstance(node, Definition) or node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None and not _is_overload(node):
            yield f"{module.at(node.lineno)}: {node.name} has no docstring"


def _is_overload(node: Definition) -> bool:
    names = [ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list]
    return "overload" in names


def _logic(module: Module) -> Iterator[str]:
    if ast.get_docstring(module.tree) is None:
        yield f"{module.path}: the front door has no docstring"
    for node in module.tree.body[1 if ast.get_docstring(module.tree) else 0 :]:
        match node:
            case ast.Import() | ast.ImportFrom():
                pass
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if name.startswith("__") and isinstance(value, ast.Constant | ast.List | ast.Tuple):
                pass
            case ast.AugAssign(ast.Name("__all__"), ast.Add(), ast.Attribute(attr="__all__")):
                pass  # the names of a generated module, which nobody wants to list by hand
            case ast.If(test=ast.Name("TYPE_CHECKING"), body=body, orelse=[]) if _are_imports(body):
                pass  # behind a lazy door, where type checkers see through it
            case ast.Assign(targets=[ast.Name("__getattr__")], value=ast.Call(args=[ast.Name("__name__")])):
                pass  # that door
            case _:
                yield f"{module.at(node.lineno)}: logic in a front door"


def _are_imports(body: list[ast.stmt]) -> bool:
    return all(isinstance(node, ast.ImportFrom) for node in body)


def _export_list(module: Module, modules: dict[str, Module]) -> Iterator[str]:
    bound = set(_imported_names(module))
    names = exported(module)
    if names is None:
        # A folder's __init__ that re-exports nothing, and a private one, is nobody's door.
        private = any(part.startswith("_") for part in module.name.split("."))
        if module.name in DISTRIBUTIONS or (bound and not private):
            yield f"{module.path}: the front door has no __all__"
        return
    if names != sorted(names, key=_export_order):
        yield f"{module.path}: __all__ is not sorted: {_first_unsorted(names)} comes too early"
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{module.path}: {name} is in __all__ twice"
    for name in sorted(bound - set(names)):
        yield f"{module.path}: {name} is imported but not in __all__"
    for name in sorted(set(names) - bound):
        if f"{module.name}.{name}" not in modules and not name.startswith("__"):
            yield f"{module.path}: {name} is in __all__ but neither imported nor a module here"


def _export_order(name: str) -> tuple[int, list[tuple[int, str]]]:
    """Order as ruff's RUF022, which can mend it: CONSTANTS, Classes, functions; 2 before 10."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2
    words = re.findall(r"\d+|\D+", name)
    return kind, [(int(word), "") if word.isdigit() else (-1, word) for word in words]


def _first_unsorted(names: list[str]) -> str:
    return next(a for a, b in pairwise(names) if _export_order(a) > _export_order(b))


def _imported_names(module: Module) -> Iterator[str]:
    """Name what a front door offers; a lazy one also needs its own tools."""
    tools = {node.id for node in ast.walk(module.tree) if isinstance(node, ast.Name)} - {"__all__"}
    for node in module.tree.body:
        for statement in node.body if isinstance(node, ast.If) else [node]:
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                continue
            for alias in statement.names:
                name = alias.asname or alias.name.partition(".")[0]
                if not name.startswith("_") and name not in tools and not (name == "*" and _is_generated(statement)):
                    yield name


def _is_generated(node: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(node, ast.ImportFrom) and GENERATED in (node.module or "").split(".")
