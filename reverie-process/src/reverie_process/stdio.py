"""Where a new program's 0, 1 and 2 go: pipes and files opened by the parent, redirects for the child."""

import fcntl
import os
from dataclasses import dataclass, field
from typing import IO

from reverie_process.command import DEVNULL, PIPE, STDOUT, Command
from reverie_process.plan import Redirect


@dataclass(slots=True)
class Stdio:
    """The parent's side of a command's standard streams. Close it by ``close_all`` in the end."""

    redirects: list[Redirect] = field(default_factory=list)
    theirs: list[int] = field(default_factory=list)
    """Descriptors that only the child needs; closed by ``close_theirs`` after the fork."""
    stdin: int | None = None
    """Our end of a pipe into the program."""
    stdout: int | None = None
    stderr: int | None = None

    def close_theirs(self) -> None:
        """Close the child's ends, so that our pipes end when the program closes them."""
        while self.theirs:
            os.close(self.theirs.pop())

    def close_all(self) -> None:
        """Close every descriptor that is still open."""
        self.close_theirs()
        for name in ("stdin", "stdout", "stderr"):
            descriptor = getattr(self, name)
            if descriptor is not None:
                os.close(descriptor)
                setattr(self, name, None)


def open_stdio(command: Command) -> Stdio:
    """Open what the command's stdin, stdout and stderr name.

    Raises:
        OSError: no descriptor was to be had (EMFILE, ENFILE).
    """
    stdio = Stdio()
    try:
        stdin = PIPE if command.input is not None else command.stdin
        sources = [
            _open(stdio, stdin, "stdin"),
            _open(stdio, command.stdout, "stdout"),
            None if command.stderr == STDOUT else _open(stdio, command.stderr, "stderr"),
        ]
        stdio.redirects = _safe_order([Redirect(s, t) for t, s in enumerate(sources) if s is not None], stdio)
        if command.stderr == STDOUT:
            stdio.redirects.append(Redirect(1, 2))
    except BaseException:
        stdio.close_all()
        raise
    return stdio


def _open(stdio: Stdio, wanted: int | IO[bytes] | IO[str] | None, name: str) -> int | None:
    if wanted is None:
        return None
    if wanted == DEVNULL:
        descriptor = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        stdio.theirs.append(descriptor)
        return descriptor
    if wanted == PIPE:
        reading, writing = os.pipe()
        ours, theirs = (writing, reading) if name == "stdin" else (reading, writing)
        stdio.theirs.append(theirs)
        setattr(stdio, name, ours)
        return theirs
    return wanted if isinstance(wanted, int) else wanted.fileno()


def _safe_order(redirects: list[Redirect], stdio: Stdio) -> list[Redirect]:
    """Copy a source away that an earlier redirect would overwrite, such as stdout=2, stderr=1."""
    safe = []
    for redirect in redirects:
        if redirect.source <= 2 and redirect.source != redirect.target:
            copy = fcntl.fcntl(redirect.source, fcntl.F_DUPFD_CLOEXEC, 3)  # dup(2) might give another of 0, 1, 2
            stdio.theirs.append(copy)
            redirect = Redirect(copy, redirect.target)
        safe.append(redirect)
    return safe


__all__ = ["Stdio", "open_stdio"]
