"""Structs that hold times."""

from struct import Struct
from typing import ClassVar

from .packed import Packed


class Timespec(Packed):
    """struct timespec: seconds and nanoseconds."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<qq")
    size: ClassVar[int] = 16

    tv_sec: int
    tv_nsec: int


class Timeval(Packed):
    """struct timeval: seconds and microseconds."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<qq")
    size: ClassVar[int] = 16

    tv_sec: int
    tv_usec: int


class Timezone(Packed):
    """struct timezone, the obsolete second half of gettimeofday(2)."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<ii")
    size: ClassVar[int] = 8

    tz_minuteswest: int
    tz_dsttime: int


class Itimerval(Packed):
    """struct itimerval, its two timevals spelled out."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<qqqq")
    size: ClassVar[int] = 32

    interval_sec: int
    interval_usec: int
    value_sec: int
    value_usec: int


class Itimerspec(Packed):
    """struct itimerspec, its two timespecs spelled out."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<qqqq")
    size: ClassVar[int] = 32

    interval_sec: int
    interval_nsec: int
    value_sec: int
    value_nsec: int


class Tms(Packed):
    """struct tms of times(2), in clock ticks."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<qqqq")
    size: ClassVar[int] = 32

    tms_utime: int
    tms_stime: int
    tms_cutime: int
    tms_cstime: int
