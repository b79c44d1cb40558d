"""What can go wrong before a program runs: which step, on what, why, and what to do."""

import errno
import os
import struct
from pathlib import Path
from typing import Final

_SHEBANG_BYTES: Final = 256
"""BINPRM_BUF_SIZE, linux/binfmts.h: the kernel looks no further for an interpreter's name."""

_ELF_MACHINES: Final = {3: "32-bit x86", 40: "32-bit ARM", 62: "x86-64", 183: "aarch64", 243: "RISC-V", 22: "s390x"}


class SpawnError(OSError):
    """A program could not be started.

    Attributes:
        step: the step that failed, such as ``find program``, ``chdir`` or ``exec``.
        exit_status: what a shell would answer: 127 for a command that does not
            exist, 126 for one that cannot be executed, 125 for anything else.
    """

    def __init__(self, step: str, number: int, message: str, *, exit_status: int = 125) -> None:
        super().__init__(number, message)
        self.step = step
        self.exit_status = exit_status

    def __str__(self) -> str:
        return str(self.strerror)


def not_found(program: str, searched: str | None) -> SpawnError:
    """Return the error for a command that is nowhere: exit status 127."""
    where = "no directory in PATH has it" if searched is not None else "there is no such file"
    return SpawnError("find program", errno.ENOENT, f"command not found: {program}: {where}", exit_status=127)


def not_executable(path: str, why: str, number: int = errno.EACCES) -> SpawnError:
    """Return the error for a file that cannot be executed: exit status 126."""
    return SpawnError("exec", number, f"cannot execute {path}: {why}", exit_status=126)


def exec_failed(path: str, number: int) -> SpawnError:
    """Return the error for an ``execve(2)`` that the kernel refused, with the reason it had.

    The kernel gives ENOENT for a missing interpreter as for a missing program, and
    ENOEXEC for anything it cannot read: look into the file to say which it was.
    """
    reason = os.strerror(number)
    head = _head_of(path)
    if head is None:
        return SpawnError("exec", number, f"cannot execute {path}: {reason}", exit_status=126)
    if head.startswith(b"#!"):
        reason = _shebang_reason(head, reason)
    elif head.startswith(b"\x7fELF"):
        reason = _elf_reason(head, number, reason)
    elif number == errno.ENOEXEC:
        reason = "it is neither a program nor a script that begins with #!"
    return not_executable(path, reason, number)


def _head_of(path: str) -> bytes | None:
    try:
        with Path(path).open("rb") as file:
            return file.read(_SHEBANG_BYTES)
    except OSError:
        return None


def _shebang_reason(head: bytes, reason: str) -> str:
    words = head[2:].split(b"\n", 1)[0].split()
    if not words:
        return "its first line, #!, names no interpreter"
    interpreter = os.fsdecode(words[0])
    return f"its interpreter {interpreter}, named in its first line, cannot be run ({reason})"


def _elf_reason(head: bytes, number: int, reason: str) -> str:
    if len(head) < 20:
        return "the ELF file is cut short"
    order = ">" if head[5] == 2 else "<"
    (machine,) = struct.unpack_from(f"{order}H", head, 18)
    if number == errno.ENOENT:
        return "its program interpreter (the dynamic loader named in the file) is missing"
    if number == errno.ENOEXEC:
        name = _ELF_MACHINES.get(machine, f"machine {machine}")
        return f"it is a program for {name}, and this machine is {os.uname().machine}"
    return reason


__all__ = ["SpawnError", "exec_failed", "not_executable", "not_found"]
