"""Why a program could not be executed: the kernel's errno, explained by a look into the file."""

import errno
import os
import struct
from pathlib import Path

import pytest

from reverie_process.errors import SpawnError, exec_failed, not_executable, not_found


def test_a_spawn_error_is_an_os_error_whose_text_is_its_message() -> None:
    error = SpawnError("chdir", errno.ENOENT, "cannot start ls: there is no such directory")
    assert isinstance(error, OSError)
    assert (error.errno, error.step, error.exit_status) == (errno.ENOENT, "chdir", 125)
    assert str(error) == "cannot start ls: there is no such directory"


def test_the_exit_statuses_are_a_shells() -> None:
    assert not_found("ls", None).exit_status == 127
    assert not_executable("/ls", "it is a directory").exit_status == 126
    assert exec_failed("/nowhere", errno.ENOENT).exit_status == 126


def elf(machine: int, big: bool = False) -> bytes:
    """Return the beginning of an ELF header; e_machine is at 18 (elf(5))."""
    order = ">" if big else "<"
    return b"\x7fELF\x02" + bytes([2 if big else 1]) + bytes(12) + struct.pack(f"{order}H", machine) + bytes(40)


@pytest.mark.parametrize(
    ("content", "number", "reason"),
    [
        (b"#!/no/such/sh -x\n", errno.ENOENT, "its interpreter /no/such/sh, named in its first line, cannot be run"),
        (b"#! /no/such/sh", errno.ENOENT, "its interpreter /no/such/sh,"),
        (b"#!\n", errno.ENOEXEC, "names no interpreter"),
        (b"#!", errno.ENOEXEC, "names no interpreter"),
        (b"#!   \n/bin/sh", errno.ENOEXEC, "names no interpreter"),
        (b"echo hello\n", errno.ENOEXEC, "it is neither a program nor a script"),
        (b"", errno.ENOEXEC, "it is neither a program nor a script"),
        (b"\x7fELF", errno.ENOEXEC, "the ELF file is cut short"),
        (elf(62), errno.ENOENT, "its program interpreter .* is missing"),
        (elf(183), errno.ENOEXEC, "a program for aarch64, and this machine is"),
        (elf(22, big=True), errno.ENOEXEC, "a program for s390x"),
        (elf(9999), errno.ENOEXEC, "a program for machine 9999"),
        (elf(62), errno.EACCES, os.strerror(errno.EACCES)),
        (b"text", errno.E2BIG, os.strerror(errno.E2BIG)),
    ],
)
def test_the_reason_is_looked_up_in_the_file(content: bytes, number: int, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "prog"
    path.write_bytes(content)
    error = exec_failed(str(path), number)
    with pytest.raises(SpawnError, match=reason):
        raise error
    assert str(error).startswith(f"cannot execute {path}: ")
    assert (error.errno, error.step) == (number, "exec")


def test_a_file_that_cannot_be_looked_into_leaves_the_kernels_reason(tmp_path: Path) -> None:
    error = exec_failed(str(tmp_path / "gone"), errno.ENOENT)
    assert str(error) == f"cannot execute {tmp_path}/gone: {os.strerror(errno.ENOENT)}"


def test_an_interpreters_name_need_not_be_utf8(tmp_path: Path) -> None:
    path = tmp_path / "prog"
    path.write_bytes(b"#!/no/\xff\n")
    assert "/no/\udcff" in str(exec_failed(str(path), errno.ENOENT))
