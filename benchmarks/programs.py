"""The C programs beside this file, compiled once by the mechanism of the tests' guests."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.errors import BenchmarkError
from tests.support.compile import NoCompiler, compile_guest

ROOT: Final = Path(__file__).parent.parent
"""Where ``benchmarks`` can be imported from."""

_NAMES: Final = ("loop", "crowd", "births", "parallel", "ctrace", "launch")


@dataclass(frozen=True, slots=True)
class Programs:
    """Where they are."""

    launch: Path
    environment: Mapping[str, str]
    """A PATH that begins with all of them."""


def compile_programs() -> Programs:
    """Compile what has not been compiled yet.

    Raises:
        BenchmarkError: there is no compiler, or it refused a program.
    """
    try:
        paths = {name: compile_guest(name, source=Path(__file__).parent) for name in _NAMES}
    except (NoCompiler, AssertionError, OSError) as error:
        raise BenchmarkError(" ".join(str(error).split())) from error
    folders = [str(path.parent) for path in paths.values()]
    search = os.pathsep.join([*folders, os.environ.get("PATH", os.defpath)])
    return Programs(paths["launch"], {**os.environ, "PATH": search})


__all__ = ["ROOT", "Programs", "compile_programs"]
