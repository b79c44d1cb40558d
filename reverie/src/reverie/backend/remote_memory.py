"""Memory of another process, read and written from outside a stop by process_vm_readv(2)."""

import errno
import os
from collections.abc import Sequence
from typing import Final

from reverie.errors import GuestGone
from reverie.guest import GuestMemory
from reverie_process import libc
from reverie_syscalls import MemoryFault

_PAGE: Final = 4096
_CHUNK: Final = 1 << 20
"""Bytes moved at a time, so that a guest's absurd length costs no more memory than it has mapped:
a chunk is at most 257 pieces, and the kernel takes 1024 (UIO_MAXIOV)."""
_MAX_ADDRESS: Final = 1 << 64
_MOST_RANGES: Final = 1024
"""The kernel takes no more at once (UIO_MAXIOV, linux/uio.h)."""


class RemoteMemory(GuestMemory):
    """The address space of a process, named by the id of any of its threads.

    Reads and writes happen at once and respect the page protection. Any address that
    cannot be read or written is a ``MemoryFault`` (EFAULT), whatever the kernel calls it.
    """

    __slots__ = ("_tid",)

    def __init__(self, tid: int) -> None:
        self._tid = tid

    def read(self, address: int, length: int) -> bytes:
        """Return exactly ``length`` bytes.

        Raises:
            MemoryFault: not all of them can be read.
            GuestGone: the process is gone.
        """
        data = self.read_some(address, length)
        if len(data) < length:
            raise MemoryFault(address + len(data))
        return data

    def read_some(self, address: int, length: int) -> bytes:
        """Return what can be read from ``address`` on, up to ``length`` bytes; perhaps nothing."""
        if length <= 0:
            return b""
        if length <= _CHUNK:
            return self._read_chunk(address, length)
        parts = []
        while length > 0:
            wanted = min(length, _CHUNK)
            part = self._read_chunk(address, wanted)
            parts.append(part)
            if len(part) < wanted:
                break
            address += wanted
            length -= wanted
        return b"".join(parts)

    def write(self, address: int, data: bytes) -> None:
        """Write all of ``data``.

        Raises:
            MemoryFault: not all of it can be written; what was before the fault is.
            GuestGone: the process is gone.
        """
        for start in range(0, len(data), _CHUNK):
            chunk = data[start : start + _CHUNK]
            done = self._write_chunk(address + start, chunk)
            if done < len(chunk):
                raise MemoryFault(address + start + done)

    def read_many(self, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Return the contents of several ranges, by one system call for up to 1024 of them.

        Raises:
            MemoryFault: not all of them can be read.
            GuestGone: the process is gone.
        """
        found: list[bytes] = []
        for start in range(0, len(ranges), _MOST_RANGES):
            some = ranges[start : start + _MOST_RANGES]
            if sum(length for _, length in some) > _CHUNK or any(
                not (length >= 0 and 0 <= address <= _MAX_ADDRESS - length) for address, length in some
            ):
                found += super().read_many(some)
                continue
            try:
                data = libc.process_vm_read_ranges(self._tid, some)
            except OSError as error:
                self._raise_unless_fault(error)
                data = b""
            if len(data) < sum(length for _, length in some):
                found += super().read_many(some)  # it says which address is at fault
                continue
            at = 0
            for _, length in some:
                found.append(data[at : at + length])
                at += length
        return found

    def write_forced(self, address: int, data: bytes) -> None:
        """Write all of ``data``, whatever the page protection.

        Raises:
            MemoryFault: nothing is mapped there, or it is shared and read-only.
            GuestGone: the process is gone.

        Source: proc(5), /proc/pid/mem; the kernel copies a private page before it is
        written to (FOLL_FORCE, mem_rw in fs/proc/base.c).
        """
        try:
            descriptor = os.open(f"/proc/{self._tid}/mem", os.O_WRONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise GuestGone(f"thread {self._tid} is gone: its memory cannot be reached") from None
        except PermissionError:
            raise MemoryFault(address) from None
        try:
            rest = memoryview(data)
            while rest:
                try:
                    done = os.pwrite(descriptor, rest, address)
                except (OSError, OverflowError):
                    raise MemoryFault(address) from None
                if done == 0:
                    raise GuestGone(f"thread {self._tid} is gone: its memory cannot be reached")
                rest, address = rest[done:], address + done
        finally:
            os.close(descriptor)

    def _read_chunk(self, address: int, length: int) -> bytes:
        if not 0 <= address <= _MAX_ADDRESS - length:
            return b""
        try:
            if length <= libc.NEAR:
                return libc.process_vm_read_near(self._tid, address, length)
            return libc.process_vm_read(self._tid, address, _pieces(address, length))
        except OSError as error:
            self._raise_unless_fault(error)
            return b""

    def _write_chunk(self, address: int, chunk: bytes) -> int:
        if not 0 <= address <= _MAX_ADDRESS - len(chunk):
            return 0
        try:
            return libc.process_vm_write(self._tid, address, _pieces(address, len(chunk)), chunk)
        except OSError as error:
            self._raise_unless_fault(error)
            return 0

    def _raise_unless_fault(self, error: OSError) -> None:
        if isinstance(error, ProcessLookupError):
            raise GuestGone(f"thread {self._tid} is gone: its memory cannot be reached") from None
        # EPERM: an ordinary user's guest is not dumpable (ptrace_may_access, kernel/ptrace.c). It has called
        # prctl(PR_SET_DUMPABLE), or it runs a program that he may execute and not read.
        if error.errno not in (errno.EFAULT, errno.EIO, errno.ENOMEM, errno.EPERM):
            raise error


def _pieces(address: int, length: int) -> list[int]:
    """Cut a range at page borders, where a partial transfer can end."""
    first = min(length, _PAGE - address % _PAGE)
    pieces = [first]
    length -= first
    pieces += [_PAGE] * (length // _PAGE)
    if length % _PAGE:
        pieces.append(length % _PAGE)
    return pieces


__all__ = ["RemoteMemory"]
