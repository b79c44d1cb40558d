"""What the tests read from a document: its fenced blocks, in order, with what stands behind the backticks.

A block's first line may say what the tests are to do with it:

| the block begins with | the tests |
|---|---|
| `python run` | run it as a program |
| `sh run` | run it as a shell script, in the folder where the document's files lie |
| `text output` | compare what the block before it printed; `...` stands for any lines, `…` for anything within a line |
| `LANGUAGE file=PATH` | write it to that file |
| `diff apply` | apply it to a copy of this repository |

Every other block is only shown.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.source_tree import ROOT

_FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^`\n]*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block."""

    words: tuple[str, ...]
    text: str
    line: int

    @property
    def file(self) -> str | None:
        """Where the block is to be written, if anywhere."""
        for word in self.words:
            if word.startswith("file="):
                return word.removeprefix("file=")
        return None


def documents() -> list[Path]:
    """Return all documents, by their paths from the top: README.md, the packages' own, and docs/."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("reverie*/README.md"), *ROOT.glob("docs/*.md")]
    return sorted(path.relative_to(ROOT) for path in found)


def blocks(document: Path) -> list[Block]:
    """Return a document's fenced blocks."""
    text = (ROOT / document).read_text()
    return [
        Block(tuple(match["info"].split()), match["text"], text.count("\n", 0, match.start()) + 1)
        for match in _FENCE.finditer(text)
    ]


def prose(document: Path) -> str:
    """Return a document without its fenced blocks."""
    return _FENCE.sub("", (ROOT / document).read_text())


def differences(expected: str, actual: str) -> bool:
    """Tell whether an output is other than the one shown."""
    pattern = "".join(_line_pattern(line) for line in expected.rstrip().splitlines())
    return re.fullmatch(pattern, actual.rstrip() + "\n") is None


def _line_pattern(line: str) -> str:
    if line.strip() == "...":
        return r"(?:.*\n)*"
    return ".*".join(re.escape(part) for part in line.rstrip().split("…")) + r"[ ]*\n"
