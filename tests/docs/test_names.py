"""Links in the documentation lead somewhere, and the files and tests that it names exist."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.source_tree import DISTRIBUTIONS, ROOT
from tests.docs.markdown import documents, prose

SOURCES = [ROOT / folder / "src" for folder in DISTRIBUTIONS.values()]


@pytest.mark.parametrize("document", documents(), ids=str)
def test_links_lead_somewhere(document: Path) -> None:
    missing = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(document)):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        path = (ROOT / document).parent / name if name else ROOT / document
        if not path.exists() or (anchor and anchor not in anchors(path)):
            missing.append(target)
    assert not missing


@pytest.mark.parametrize("document", documents(), ids=str)
def test_named_files_and_tests_exist(document: Path) -> None:
    missing = [name for name in re.findall(r"`([^`\s]+)`", prose(document)) if not exists(name)]
    assert not missing


def anchors(path: Path) -> set[str]:
    """Return the anchors that a document's headings get."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def exists(name: str) -> bool:
    """Tell whether a name is that of a file or test that is there; a name that means neither counts as there."""
    path, _, test = name.partition("::")
    if not re.fullmatch(r"(tests|docs|benchmarks|torture|stress|reverie[\w-]*)/[\w./-]+", path):
        return True
    found = next((base / path for base in (ROOT, *SOURCES) if (base / path).exists()), None)
    return found is not None and (not test or test in functions(found))


def functions(path: Path) -> set[str]:
    """Return the names of a test module's functions."""
    return {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("reverie_ptrace/loop.py", True),
        ("reverie_ptrace/lop.py", False),
        ("reverie-syscalls/tables/fs.toml", True),
        ("tests/docs/test_names.py::test_links_lead_somewhere", True),
        ("tests/docs/test_names.py::test_nothing", False),
        ("waitpid(2)", True),
    ],
)
def test_a_name_that_leads_nowhere_is_found(name: str, there: bool) -> None:
    assert exists(name) is there
