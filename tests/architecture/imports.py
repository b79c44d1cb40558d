"""Check who imports whom. Each check returns its complaints, one line each."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.source_tree import DISTRIBUTIONS, Module, declared, exported

MAY_IMPORT = {
    "reverie_syscalls": set[str](),
    "reverie_process": {"reverie_syscalls"},
    "reverie": {"reverie_syscalls", "reverie_process"},
    "reverie_ptrace": {"reverie_syscalls", "reverie_process", "reverie"},
    "reverie_examples": {"reverie_syscalls", "reverie"},
}

FRONT_DOORS = {*DISTRIBUTIONS, "reverie.backend"}
"""What outsiders may always import from; `reverie` has a door for each of its two rooms. See PUBLIC_MODULES too."""

PUBLIC_MODULES = {
    # Starting a process is done in steps, and a backend takes the steps one by one.
    "reverie_process.libc",  # the one CDLL; the kernel modules of a backend share it
    "reverie_process.plan",  # a backend adds its own steps to a child's
    "reverie_process.stdio",  # a backend opens and closes the command's streams itself
    "reverie_process.seccomp",  # a front door of its own: filters, and the words for their actions
    "reverie_process.ids",
    "reverie_process.exit_status",
    # A backend needs values that are nothing to a tool's author.
    "reverie.errors",
    "reverie.events",  # what a backend makes of a stop
    "reverie.tool",  # a tool's type arguments, read by whoever makes its state
    "reverie.arch.*",  # registers and the system-call convention
    "reverie.backend.rpc.*",  # protocol, host and transports, for another end of the wire
    # Tools, and those who test them.
    "reverie.syscalls",  # reverie_syscalls under the name that tools know
    "reverie.process",  # reverie_process likewise
    "reverie.cli",  # the arguments that all tools share
    "reverie.testing",  # imported by a tool's tests and by nothing that runs
    # Loaded only by those who look into arguments.
    "reverie_syscalls.args.*",
    # For the type checker alone: mypy cannot follow how the front door names the generated classes.
    "reverie_syscalls._generated.calls",
}
"""Modules beside the front doors that outsiders may import; `.*` is for all modules of a package and itself."""

CROSSES_INTO_THE_KIT = re.compile(r"reverie\.(run|cli|cli_\w+|doctor|testing(\..+)?)")
"""The modules of `reverie` outside `reverie.backend` that may import it."""

MAY_IMPORT_CTYPES = re.compile(r"reverie_process\.libc|reverie_ptrace\.kernel(\..+)?")

MAY_NAME_PTRACE = {"reverie_ptrace", "reverie_syscalls"}
"""The backend; and the vocabulary, since a guest may call ptrace(2) itself."""

Modules = dict[str, Module]


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `target` is a module, and `name` what is taken from it, if anything."""

    source: Module
    target: str
    name: str | None
    line: int

    @property
    def top(self) -> str:
        """The top-level package that is imported."""
        return self.target.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.source.at(self.line)}: {self.source.name} imports {self.target}"


def imports(module: Module, modules: Modules) -> Iterator[Import]:
    """Yield all imports of a module, wherever in it they stand.

    `from package import module` is an import of the module.
    """
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield Import(module, alias.name, None, node.lineno)
            case ast.ImportFrom(names=names):
                origin = _origin(module, node)
                for alias in names:
                    inner = f"{origin}.{alias.name}"
                    if inner in modules:
                        yield Import(module, inner, None, node.lineno)
                    else:
                        yield Import(module, origin, alias.name, node.lineno)


def all_imports(modules: Modules) -> list[Import]:
    """Return the imports of all modules."""
    return [found for module in modules.values() for found in imports(module, modules)]


def wrong_way(modules: Modules) -> list[str]:
    """Between packages, imports run one way."""
    return [
        f"{found}; {found.source.top} may import {', '.join(sorted(MAY_IMPORT[found.source.top])) or 'nothing of ours'}"
        for found in _between_packages(modules)
        if found.top not in MAY_IMPORT[found.source.top]
    ]


def undeclared(modules: Modules, root: Path) -> list[str]:
    """What a package imports of ours, its pyproject.toml depends on."""
    known = {top: declared(root, top) for top in {module.top for module in modules.values()}}
    return [
        f"{found}, on which its pyproject.toml does not depend"
        for found in _between_packages(modules)
        if found.top not in known[found.source.top]
    ]


def past_the_door(modules: Modules) -> list[str]:
    """Outsiders import from a front door, from a module that its `__all__` names, or from a public module."""
    return [
        f"{found}, which is no front door, not in the __all__ of one and not in PUBLIC_MODULES"
        for found in _between_packages(modules)
        if found.top in {module.top for module in modules.values()} and not _is_public(found.target, modules)
    ]


def own_front_door(modules: Modules) -> list[str]:
    """Insiders import the module itself, never a front door that they are behind."""
    return [
        f"{found}, its own front door; import the module that has {found.name or 'what is needed'}"
        for found in all_imports(modules)
        if found.source.name != found.target
        and found.source.name.startswith(f"{found.target}.")
        and found.target in modules
    ] + [f"{found}, which is itself" for found in all_imports(modules) if found.source.name == found.target]


def between_rooms(modules: Modules) -> list[str]:
    """Only those who run a tool cross from the tool authors' room into the backend authors'."""
    return [
        f"{found}; only run, cli, cli_*, doctor and testing may import reverie.backend"
        for found in all_imports(modules)
        if found.source.top == "reverie"
        and not _is_within(found.source.name, "reverie.backend")
        and not CROSSES_INTO_THE_KIT.fullmatch(found.source.name)
        and _is_within(found.target, "reverie.backend")
    ]


def ctypes_elsewhere(modules: Modules) -> list[str]:
    """ctypes lives at the kernel's door only."""
    return [
        f"{found}; only reverie_process.libc and reverie_ptrace.kernel may"
        for found in all_imports(modules)
        if found.top in ("ctypes", "_ctypes") and not MAY_IMPORT_CTYPES.fullmatch(found.source.name)
    ]


def ptrace_elsewhere(modules: Modules) -> list[str]:
    """No code outside the ptrace backend names a ptrace request; comments and docstrings may explain one."""
    return [
        f"{module.at(line)}: mentions {word}"
        for module in modules.values()
        if module.top not in MAY_NAME_PTRACE
        for line, word in _ptrace_words(module.tree)
    ]


def cycles(modules: Modules) -> list[str]:
    """No module needs itself through others, also not for types and not inside a function."""
    graph = {
        name: sorted({found.target for found in imports(module, modules)} & modules.keys() - {name})
        for name, module in modules.items()
    }
    return ["cycle: " + " -> ".join((*loop, loop[0])) for loop in _loops(graph) if not _is_own_door(loop)]


def _is_own_door(loop: list[str]) -> bool:
    """Is it a package and a module in it? own_front_door() says that better."""
    return any(all(_is_within(name, door) for name in loop) for door in loop)


def _loops(graph: dict[str, list[str]]) -> Iterator[list[str]]:
    """Yield one loop for each back edge of a depth-first walk; none exactly if there is no loop."""
    done: set[str] = set()
    for start in sorted(graph):
        path: list[str] = []
        pending = [iter([start])]
        while pending:
            name = next(pending[-1], None)
            if name is None:
                pending.pop()
                if path:
                    done.add(path.pop())
            elif name in path:
                yield path[path.index(name) :]
            elif name not in done:
                path.append(name)
                pending.append(iter(graph[name]))


def _between_packages(modules: Modules) -> list[Import]:
    """Return the imports from another package of ours, one for each statement and module."""
    return list(
        {
            str(found): found
            for found in all_imports(modules)
            if found.top in DISTRIBUTIONS and found.top != found.source.top
        }.values()
    )


def _ptrace_words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the ptrace requests in names and in strings that are values, each with its line."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        text = ""
        match node:
            case ast.Call(func=ast.Attribute(attr="ptrace")):
                yield node.lineno, ".ptrace("
            case ast.Name(id=text) | ast.Attribute(attr=text) | ast.alias(name=text):
                pass
            case ast.Constant(value=str(value)) if id(node) not in prose:
                text = value
        for word in re.findall(r"\bPTRACE_[A-Z]\w*", text):
            yield getattr(node, "lineno", 1), word


def _is_public(target: str, modules: Modules) -> bool:
    if target in FRONT_DOORS or target in PUBLIC_MODULES:
        return True
    if any(public.endswith(".*") and _is_within(target, public[:-2]) for public in PUBLIC_MODULES):
        return True
    parent, _, name = target.rpartition(".")
    if parent not in modules or not _is_public(parent, modules):
        return False
    return name in (exported(modules[parent]) or ())


def _is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _origin(module: Module, node: ast.ImportFrom) -> str:
    """Return the absolute name of what `from … import` names."""
    if not node.level:
        return node.module or ""
    parts = module.package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join((*base, node.module) if node.module else base)
