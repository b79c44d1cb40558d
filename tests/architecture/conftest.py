"""The tree that the rules are about, and small ones that break them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.source_tree import DISTRIBUTIONS, Module, packages

WriteTree = Callable[[dict[str, str]], dict[str, Module]]


@pytest.fixture(scope="session")
def modules() -> dict[str, Module]:
    """Give the modules of all packages, parsed once."""
    return packages()


@pytest.fixture
def write_tree(tmp_path: Path) -> WriteTree:
    """Write modules given by name, a package's with a trailing dot, and parse them."""

    def write(texts: dict[str, str]) -> dict[str, Module]:
        for name, text in texts.items():
            source = tmp_path / DISTRIBUTIONS[name.partition(".")[0]] / "src"
            parts = name.split(".")
            parts[-1] = parts[-1] or "__init__"
            path = source.joinpath(*parts).with_suffix(".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return packages(tmp_path)

    return write
