"""Structs of calls on processes: limits, usage, identity, creation."""

from struct import Struct
from typing import ClassVar, Self

from .packed import Packed


class Rlimit(Packed):
    """struct rlimit; both values unsigned, all ones meaning infinity."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<QQ")
    size: ClassVar[int] = 16

    rlim_cur: int
    rlim_max: int


class Rusage(Packed):
    """struct rusage."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<qqqqqqqqqqqqqqqqqq")
    size: ClassVar[int] = 144

    utime_sec: int
    utime_usec: int
    stime_sec: int
    stime_usec: int
    ru_maxrss: int
    ru_ixrss: int
    ru_idrss: int
    ru_isrss: int
    ru_minflt: int
    ru_majflt: int
    ru_nswap: int
    ru_inblock: int
    ru_oublock: int
    ru_msgsnd: int
    ru_msgrcv: int
    ru_nsignals: int
    ru_nvcsw: int
    ru_nivcsw: int


class Sysinfo(Packed):
    """struct sysinfo; the three load averages are fixed-point numbers with 16 fraction bits."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<qQQQQQQQQQHxxxxxxQQIxxxx")
    size: ClassVar[int] = 112

    uptime: int
    load_1: int
    load_5: int
    load_15: int
    totalram: int
    freeram: int
    sharedram: int
    bufferram: int
    totalswap: int
    freeswap: int
    procs: int
    totalhigh: int
    freehigh: int
    mem_unit: int


class SchedParam(Packed):
    """struct sched_param."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<i")
    size: ClassVar[int] = 4

    sched_priority: int


class CloneArgs(Packed):
    """struct clone_args of clone3(2), with all fields up to Linux 5.7."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<QQQQQQQQQQQ")
    size: ClassVar[int] = 88

    flags: int
    pidfd: int
    child_tid: int
    parent_tid: int
    exit_signal: int
    stack: int
    stack_size: int
    tls: int
    set_tid: int
    set_tid_size: int
    cgroup: int


class Utsname(Packed):
    """struct new_utsname: six strings of at most 64 bytes each."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<65s65s65s65s65s65s")
    size: ClassVar[int] = 390

    sysname: bytes
    nodename: bytes
    release: bytes
    version: bytes
    machine: bytes
    domainname: bytes

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Make the struct from at least 390 bytes; each field ends before its first NUL."""
        if len(data) < cls.size:
            raise ValueError(f"Utsname has {cls.size} bytes, not {len(data)}")
        return cls(*(field.split(b"\0", 1)[0] for field in cls.codec.unpack_from(data)))
