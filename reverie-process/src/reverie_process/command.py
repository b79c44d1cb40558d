"""What to run, and with which surroundings: the Command value, and the search for its program."""

import os
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Final

from reverie_process.errors import SpawnError, not_executable, not_found

PIPE: Final = -1
"""A new pipe whose other end the starter holds; the value is subprocess.PIPE."""
STDOUT: Final = -2
"""For stderr: the same place as stdout; the value is subprocess.STDOUT."""
DEVNULL: Final = -3
"""/dev/null; the value is subprocess.DEVNULL."""

_DEFAULT_PATH: Final = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True, slots=True)
class Command:
    """A program, its arguments and its surroundings. Names follow ``subprocess.Popen``.

    Args:
        args: the program's name or path, then its arguments.
        argv0: what the program sees as its own name; ``args[0]`` by default.
        cwd: the directory to start in; the starter's by default.
        env: the whole environment; the starter's by default.
        stdin, stdout, stderr: None to share the starter's, a descriptor, a file,
            ``PIPE``, ``DEVNULL``, and for stderr ``STDOUT``.
        input: bytes for the program's stdin; implies ``stdin=PIPE``.
        function: called in the forked child, in place of a program; ``args`` is only its name then.
    """

    args: Sequence[str]
    argv0: str | None = None
    cwd: str | os.PathLike[str] | None = None
    env: Mapping[str, str] | None = None
    stdin: int | IO[bytes] | IO[str] | None = None
    stdout: int | IO[bytes] | IO[str] | None = None
    stderr: int | IO[bytes] | IO[str] | None = None
    input: bytes | None = field(default=None, repr=False)
    function: Callable[[], object] | None = None

    def __post_init__(self) -> None:
        if isinstance(self.args, str | bytes) or not self.args:
            raise ValueError(f"a command is a list of at least one string, not {self.args!r}: write it as ['ls', '-l']")
        for word in self.args:
            if not isinstance(word, str):
                raise TypeError(f"every word of a command is a str, and {word!r} is not: decode it with os.fsdecode")
            if "\0" in word:
                raise ValueError(f"a command's words cannot hold NUL characters: {word!r}")
        if self.argv0 is not None and "\0" in self.argv0:
            raise ValueError(f"argv0 cannot hold NUL characters: {self.argv0!r}")
        for name, value in (self.env or {}).items():
            if not name or "=" in name or "\0" in name + value:
                raise ValueError(f"no variable of an environment can be {name!r} with the value {value!r}")

    @property
    def environment(self) -> dict[str, str]:
        """The environment that the program will get."""
        return dict(os.environ if self.env is None else self.env)


def find_program(command: Command) -> str:
    """Return the path of the file to execute, found as a shell finds it.

    A name with a slash is taken relative to the command's directory. Another name is
    looked for in the PATH of the *command's* environment.

    Raises:
        SpawnError: nothing of that name (exit status 127), or a directory or a file
            without execute permission (exit status 126).
    """
    name = command.args[0]
    if "/" in name:
        path = os.path.join(command.cwd, name) if command.cwd is not None else name
        problem = _problem_with(path)
        if problem is not None:
            raise problem
        return _absolute(path) if command.cwd is not None else path
    return _search(name, command.environment.get("PATH", _DEFAULT_PATH), command.cwd)


def _search(name: str, path_list: str, cwd: str | os.PathLike[str] | None) -> str:
    if not name:
        raise not_found("''", None)
    found_but: SpawnError | None = None
    for directory in path_list.split(":"):
        candidate = os.path.join(cwd or "", directory or ".", name)
        problem = _problem_with(candidate)
        if problem is None:
            return _absolute(candidate) if cwd is not None else candidate
        if problem.exit_status == 126 and found_but is None and not os.path.isdir(candidate):
            found_but = problem
    raise found_but or not_found(name, path_list)


def _absolute(path: str) -> str:
    """Return the path as it is from any directory; `..` stays, since behind a symbolic link it leads elsewhere."""
    return os.path.join(os.getcwd(), path)


def _problem_with(path: str) -> SpawnError | None:
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        if isinstance(error, PermissionError):
            return not_executable(path, "a directory on the way may not be searched")
        return not_found(path, None)
    if stat.S_ISDIR(mode):
        return not_executable(path, "it is a directory")
    if not stat.S_ISREG(mode):
        return not_executable(path, "it is not a regular file")
    if not os.access(path, os.X_OK):
        return not_executable(path, "it lacks execute permission (chmod +x sets it)")
    return None


__all__ = ["DEVNULL", "PIPE", "STDOUT", "Command", "find_program"]
