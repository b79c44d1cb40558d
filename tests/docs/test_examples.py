"""The programs in the documentation run as they stand there, and print what it says."""

from pathlib import Path

import pytest

from tests.docs.markdown import Block, blocks, differences, documents
from tests.docs.workspace import Workspace


def runnable(document: Path) -> bool:
    """Tell whether the tests have anything to do for a document."""
    return any(block.words[1:2] in (("run",), ("apply",)) for block in blocks(document))


@pytest.mark.parametrize("document", [path for path in documents() if runnable(path)], ids=str)
def test_a_document_can_be_followed(document: Path, tmp_path: Path) -> None:
    assert not (said := complaint(blocks(document), tmp_path)), f"{document}:{said}"


def complaint(steps: list[Block], folder: Path) -> str:
    """Follow a document's blocks; return the line of the first that fails, and why, or nothing."""
    workspace = Workspace(folder)
    if any(block.words[1:2] == ("apply",) for block in steps):
        workspace.copy_repository()
    for block in steps:
        try:
            workspace.follow(block)
        except AssertionError as error:
            return f"{block.line}: {error}"
    return ""


@pytest.mark.parametrize(
    ("expected", "actual", "differs"),
    [
        ("a\nb\n", "a\nb\n", False),
        ("a\n", "a\nb\n", True),
        ("a\n...\n", "a\nb\nc\n", False),
        ("a\n...\nd\n", "a\nd\n", False),
        ("thread … ended\n", "thread 4711 ended\n", False),
        ("thread … ended\n", "thread 4711\nended\n", True),
        ("a.b\n", "axb\n", True),
    ],
)
def test_an_output_is_compared_line_by_line(expected: str, actual: str, differs: bool) -> None:
    assert differences(expected, actual) is differs


def test_a_program_that_prints_something_else_is_found(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.follow(Block(("python", "run"), "print(1)\n", 1))
    with pytest.raises(AssertionError, match="and not"):
        workspace.follow(Block(("text", "output"), "2\n", 2))


def test_a_change_that_does_not_fit_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\ny = 2\n")
    workspace = Workspace(tmp_path)
    fitting = "--- a/a.py\n+++ b/a.py\n@@\n x = 1\n-y = 2\n+y = 3\n"
    workspace.follow(Block(("diff", "apply"), fitting, 1))
    assert (tmp_path / "a.py").read_text() == "x = 1\ny = 3\n"
    with pytest.raises(AssertionError, match="has this 0 times"):
        workspace.follow(Block(("diff", "apply"), fitting, 1))
