"""Flags and enums of calls on address spaces.

Names are the kernel's. A flag set keeps bits nobody has named.
"""

from enum import IntEnum, IntFlag


class MmapProt(IntFlag):
    """mmap(2), mprotect(2)."""

    PROT_READ = 0x1
    PROT_WRITE = 0x2
    PROT_EXEC = 0x4
    PROT_SEM = 0x8
    PROT_GROWSDOWN = 0x1000000
    PROT_GROWSUP = 0x2000000


class MmapFlags(IntFlag):
    """mmap(2); the two lowest bits are a number, not flags."""

    MAP_SHARED = 0x1
    MAP_PRIVATE = 0x2
    MAP_FIXED = 0x10
    MAP_ANONYMOUS = 0x20
    MAP_32BIT = 0x40
    MAP_NORESERVE = 0x4000
    MAP_POPULATE = 0x8000
    MAP_NONBLOCK = 0x10000
    MAP_GROWSDOWN = 0x100
    MAP_DENYWRITE = 0x800
    MAP_EXECUTABLE = 0x1000
    MAP_LOCKED = 0x2000
    MAP_STACK = 0x20000
    MAP_HUGETLB = 0x40000
    MAP_SYNC = 0x80000
    MAP_FIXED_NOREPLACE = 0x100000


class MremapFlags(IntFlag):
    """mremap(2)."""

    MREMAP_MAYMOVE = 0x1
    MREMAP_FIXED = 0x2
    MREMAP_DONTUNMAP = 0x4


class MsyncFlags(IntFlag):
    """msync(2)."""

    MS_ASYNC = 0x1
    MS_INVALIDATE = 0x2
    MS_SYNC = 0x4


class Madvice(IntEnum):
    """madvise(2)."""

    MADV_NORMAL = 0
    MADV_RANDOM = 1
    MADV_SEQUENTIAL = 2
    MADV_WILLNEED = 3
    MADV_DONTNEED = 4
    MADV_FREE = 8
    MADV_REMOVE = 9
    MADV_DONTFORK = 10
    MADV_DOFORK = 11
    MADV_MERGEABLE = 12
    MADV_UNMERGEABLE = 13
    MADV_HUGEPAGE = 14
    MADV_NOHUGEPAGE = 15
    MADV_DONTDUMP = 16
    MADV_DODUMP = 17
    MADV_WIPEONFORK = 18
    MADV_KEEPONFORK = 19
    MADV_COLD = 20
    MADV_PAGEOUT = 21
    MADV_POPULATE_READ = 22
    MADV_POPULATE_WRITE = 23
    MADV_DONTNEED_LOCKED = 24
    MADV_COLLAPSE = 25
    MADV_HWPOISON = 100
    MADV_SOFT_OFFLINE = 101
    MADV_GUARD_INSTALL = 102
    MADV_GUARD_REMOVE = 103


class MlockallFlags(IntFlag):
    """mlockall(2)."""

    MCL_CURRENT = 0x1
    MCL_FUTURE = 0x2
    MCL_ONFAULT = 0x4


class MemfdFlags(IntFlag):
    """memfd_create(2)."""

    MFD_CLOEXEC = 0x1
    MFD_ALLOW_SEALING = 0x2
    MFD_HUGETLB = 0x4
    MFD_NOEXEC_SEAL = 8
    MFD_EXEC = 16
