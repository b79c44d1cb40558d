"""A folder in which a document's blocks take effect, one after the other, as they do for a reader who follows it."""

import configparser
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.architecture.source_tree import DISTRIBUTIONS, ROOT
from tests.docs.markdown import Block, differences

LIMIT = 50.0
"""Seconds for one program; less than a test may take, so that its output is shown."""

_LEFT_OUT = shutil.ignore_patterns("__pycache__", ".git", ".*_cache", "*.pyc")


class Workspace:
    """Where one document's files lie and its programs run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._output = ""

    def follow(self, block: Block) -> None:
        """Do what a block says.

        Raises:
            AssertionError: a program failed, an output differs, or a change does not fit the code.
        """
        match block.words:
            case ["text", "output", *_]:
                assert not differences(block.text, self._output), f"it printed\n{self._output}\nand not\n{block.text}"
            case ["diff", "apply", *_]:
                self._apply(block.text)
            case ["python", "run", *_]:
                self._write(block.file or "example.py", block.text)
                self._run([sys.executable, block.file or "example.py"])
            case ["sh", "run", *_]:
                self._run(["sh", "-ec", block.text])
            case _ if block.file:
                self._write(block.file, block.text)

    def copy_repository(self) -> None:
        """Copy what a change of the code can touch; its packages hide the installed ones."""
        for name in (*DISTRIBUTIONS.values(), "tests"):
            shutil.copytree(ROOT / name, self._folder / name, ignore=_LEFT_OUT)
        shutil.copy(ROOT / "pyproject.toml", self._folder)

    def _write(self, name: str, text: str) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if path.name == "pyproject.toml":
            self._install(path)

    def _install(self, project: Path) -> None:
        """Stand in for `pip install -e .`: the package's name and entry points, and its src on the path."""
        about = tomllib.loads(project.read_text())["project"]
        folder = project.parent / "src" / f"{about['name'].replace('-', '_')}-{about['version']}.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {about['name']}\nVersion: {about['version']}\n")
        points = configparser.ConfigParser()
        points.read_dict(about["entry-points"])
        with (folder / "entry_points.txt").open("w") as file:
            points.write(file)

    def _run(self, words: list[str]) -> None:
        sources = [str(path) for path in (self._folder / "src", *self._folder.glob("*/src")) if path.is_dir()]
        environment = {
            **os.environ,
            "LC_ALL": "C",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": ":".join(sources),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        done = subprocess.run(
            words,
            cwd=self._folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT,
        )
        self._output = done.stdout
        assert "Traceback" not in done.stdout and done.returncode in (0, 1), f"{done.returncode}:\n{done.stdout}"

    def _apply(self, diff: str) -> None:
        for change in re.split(r"^--- ", diff, flags=re.MULTILINE)[1:]:
            head, _, hunks = change.partition("\n@@")
            path = self._folder / head.split("\n+++ ")[1].strip().removeprefix("b/")
            for hunk in re.split(r"^@@", "@@" + hunks, flags=re.MULTILINE)[1:]:
                lines = hunk.partition("\n")[2].splitlines(keepends=True)
                before = "".join(line[1:] for line in lines if line[0] in " -")
                after = "".join(line[1:] for line in lines if line[0] in " +")
                text = path.read_text()
                count = text.count(before)
                assert count == 1, f"{path.name} has this {count} times, and not once:\n{before}"
                path.write_text(text.replace(before, after))
