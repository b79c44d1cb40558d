"""On which CPUs a thread may run, and on which one this thread does. See sched(7).

Python's ``os`` has the first, but makes a set into a mask at each call; here a mask is made
once and set many times.
"""

import ctypes
from collections.abc import Iterable
from typing import Final, Self

from reverie_process.libc import library, os_error

_BYTES: Final = 1024
"""8192 CPUs, the most that any x86-64 kernel is built for (CONFIG_NR_CPUS). A kernel with fewer looks at less."""

_sched_setaffinity = library.sched_setaffinity
_sched_setaffinity.argtypes = [ctypes.c_int, ctypes.c_size_t, ctypes.c_void_p]
_sched_setaffinity.restype = ctypes.c_int

_sched_getcpu = library.sched_getcpu
_sched_getcpu.argtypes = []
_sched_getcpu.restype = ctypes.c_int


class CpuMask:
    """A set of CPUs, as the kernel takes it."""

    __slots__ = ("_address", "_storage")

    def __init__(self, cpus: Iterable[int]) -> None:
        self._set(sum(1 << cpu for cpu in cpus))

    @classmethod
    def all(cls) -> Self:
        """Return the mask of every CPU that there could be."""
        mask = cls(())
        mask._set((1 << 8 * _BYTES) - 1)
        return mask

    def _set(self, bits: int) -> None:
        self._storage = ctypes.create_string_buffer(bits.to_bytes(_BYTES, "little"), _BYTES)
        self._address = ctypes.addressof(self._storage)

    def allow(self, tid: int) -> bool:
        """Let a thread run on these CPUs only, as far as its cpuset(7) has them; tell whether it is done.

        A thread that is stopped or waits is not moved, but wakes on one of them.
        """
        return bool(_sched_setaffinity(tid, _BYTES, self._address) == 0)


EVERY_CPU: Final = CpuMask.all()
"""What a thread has that nobody has set a mask for: whatever its cpuset(7) has, now and later."""


def current_cpu() -> int:
    """Return the CPU that this thread runs on. Source: sched_getcpu(3)."""
    cpu: int = _sched_getcpu()
    if cpu < 0:
        raise os_error()
    return cpu


__all__ = ["EVERY_CPU", "CpuMask", "current_cpu"]
