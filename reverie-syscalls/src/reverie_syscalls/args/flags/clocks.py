"""Flags and enums of calls on clocks and timers.

Names are the kernel's. A flag set keeps bits nobody has named.
"""

from enum import IntEnum, IntFlag


class ClockId(IntEnum):
    """clock_gettime(2); negative ids are the CPU clocks of a process."""

    CLOCK_REALTIME = 0
    CLOCK_MONOTONIC = 1
    CLOCK_PROCESS_CPUTIME_ID = 2
    CLOCK_THREAD_CPUTIME_ID = 3
    CLOCK_MONOTONIC_RAW = 4
    CLOCK_REALTIME_COARSE = 5
    CLOCK_MONOTONIC_COARSE = 6
    CLOCK_BOOTTIME = 7
    CLOCK_REALTIME_ALARM = 8
    CLOCK_BOOTTIME_ALARM = 9
    CLOCK_TAI = 11


class TimerFlags(IntFlag):
    """clock_nanosleep(2), timer_settime(2)."""

    TIMER_ABSTIME = 0x1


class ItimerWhich(IntEnum):
    """setitimer(2)."""

    ITIMER_REAL = 0
    ITIMER_VIRTUAL = 1
    ITIMER_PROF = 2
