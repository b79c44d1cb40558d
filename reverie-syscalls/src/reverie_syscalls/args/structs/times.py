"""Structs that hold times."""

from dataclasses import dataclass
from struct import Struct
from typing import ClassVar

from .packed import Packed


@dataclass(frozen=True, slots=True)
class Timespec(Packed):
    """struct timespec: seconds and nanoseconds."""

    codec: ClassVar[Struct] = Struct("<qq")
    size: ClassVar[int] = 16

    tv_sec: int
    tv_nsec: int


@dataclass(frozen=True, slots=True)
class Timeval(Packed):
    """struct timeval: seconds and microseconds."""

    codec: ClassVar[Struct] = Struct("<qq")
    size: ClassVar[int] = 16

    tv_sec: int
    tv_usec: int


@dataclass(frozen=True, slots=True)
class Timezone(Packed):
    """struct timezone, the obsolete second half of gettimeofday(2)."""

    codec: ClassVar[Struct] = Struct("<ii")
    size: ClassVar[int] = 8

    tz_minuteswest: int
    tz_dsttime: int


@dataclass(frozen=True, slots=True)
class Itimerval(Packed):
    """struct itimerval, its two timevals spelled out."""

    codec: ClassVar[Struct] = Struct("<qqqq")
    size: ClassVar[int] = 32

    interval_sec: int
    interval_usec: int
    value_sec: int
    value_usec: int


@dataclass(frozen=True, slots=True)
class Itimerspec(Packed):
    """struct itimerspec, its two timespecs spelled out."""

    codec: ClassVar[Struct] = Struct("<qqqq")
    size: ClassVar[int] = 32

    interval_sec: int
    interval_nsec: int
    value_sec: int
    value_nsec: int


@dataclass(frozen=True, slots=True)
class Tms(Packed):
    """struct tms of times(2), in clock ticks."""

    codec: ClassVar[Struct] = Struct("<qqqq")
    size: ClassVar[int] = 32

    tms_utime: int
    tms_stime: int
    tms_cutime: int
    tms_cstime: int
