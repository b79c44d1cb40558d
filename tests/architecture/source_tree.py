"""Find and parse the modules that the rules are about."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

DISTRIBUTIONS = {
    "reverie_syscalls": "reverie-syscalls",
    "reverie_process": "reverie-process",
    "reverie": "reverie",
    "reverie_ptrace": "reverie-ptrace",
    "reverie_examples": "reverie-examples",
}
"""Each import name with its distribution's name, which is its folder's too."""

GENERATED = "_generated"


@dataclass(frozen=True, slots=True)
class Module:
    """One parsed file; `name` is dotted, and for an `__init__.py` the package's."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        """Is it an `__init__.py`?"""
        return self.path.name == "__init__.py"

    @property
    def is_generated(self) -> bool:
        """Was it written by the generator?"""
        return GENERATED in self.path.parts

    @property
    def top(self) -> str:
        """The import name of its distribution."""
        return self.name.partition(".")[0]

    @property
    def package(self) -> str:
        """The package that a relative import in it starts from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    def at(self, line: int) -> str:
        """Return a place in it for a message."""
        return f"{self.path}:{line}"


def packages(root: Path = ROOT) -> dict[str, Module]:
    """Return the modules of all packages by name; a package that is not there yet has none."""
    found = {}
    for top, folder in DISTRIBUTIONS.items():
        source = root / folder / "src"
        for module in parse_all(source / top, base=source):
            found[module.name] = module
    return found


def everything(root: Path = ROOT) -> Iterator[Module]:
    """Yield the packages' modules and those beside them: generator, benchmarks, torture, stress, tests."""
    yield from packages(root).values()
    for folder in ("reverie-syscalls/generator", "benchmarks", "torture", "stress", "tests"):
        yield from parse_all(root / folder, base=root)


def parse_all(folder: Path, base: Path) -> Iterator[Module]:
    """Parse every Python file below a folder, in the order of their paths."""
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(base).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text()
        yield Module(name, path, text, ast.parse(text, filename=str(path)))


def declared(root: Path, top: str) -> set[str]:
    """Return which of our packages a package's pyproject.toml depends on, by import name."""
    project = root / DISTRIBUTIONS[top] / "pyproject.toml"
    requirements = tomllib.loads(project.read_text())["project"].get("dependencies", [])
    names = {_distribution(requirement) for requirement in requirements}
    return {name for name, distribution in DISTRIBUTIONS.items() if distribution in names}


def exported(module: Module) -> list[str] | None:
    """Return the names in a module's `__all__`, or None when it has none."""
    for node in module.tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="__all__")], value=value)
                | ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value)
            ):
                names = ast.literal_eval(value)
                return [str(name) for name in names]
    return None


def _distribution(requirement: str) -> str:
    end = next(
        (i for i, character in enumerate(requirement) if not (character.isalnum() or character in "-_.")),
        len(requirement),
    )
    return requirement[:end].lower().replace("_", "-")
