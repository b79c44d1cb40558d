"""Flags and enums of calls on signals, and futex's operations.

Names are the kernel's. A flag set keeps bits nobody has named.
"""

from enum import IntEnum, IntFlag


class SigHow(IntEnum):
    """rt_sigprocmask(2)."""

    SIG_BLOCK = 0
    SIG_UNBLOCK = 1
    SIG_SETMASK = 2


class SigactionFlags(IntFlag):
    """rt_sigaction(2)."""

    SA_RESTORER = 0x04000000
    SA_ONSTACK = 0x8000000
    SA_RESTART = 0x10000000
    SA_INTERRUPT = 0x20000000
    SA_NODEFER = 0x40000000
    SA_RESETHAND = 0x80000000
    SA_NOCLDSTOP = 0x1
    SA_NOCLDWAIT = 0x2
    SA_SIGINFO = 0x4
    SA_UNSUPPORTED = 0x400
    SA_EXPOSE_TAGBITS = 0x800


class SigaltstackFlags(IntFlag):
    """sigaltstack(2)."""

    SS_ONSTACK = 0x1
    SS_DISABLE = 0x2
    SS_AUTODISARM = 1 << 31


class FutexOperation(IntEnum):
    """futex(2); the private forms are members of their own, so that each value has one name."""

    FUTEX_WAIT = 0
    FUTEX_WAKE = 1
    FUTEX_FD = 2
    FUTEX_REQUEUE = 3
    FUTEX_CMP_REQUEUE = 4
    FUTEX_WAKE_OP = 5
    FUTEX_LOCK_PI = 6
    FUTEX_UNLOCK_PI = 7
    FUTEX_TRYLOCK_PI = 8
    FUTEX_WAIT_BITSET = 9
    FUTEX_WAKE_BITSET = 10
    FUTEX_WAIT_REQUEUE_PI = 11
    FUTEX_CMP_REQUEUE_PI = 12
    FUTEX_LOCK_PI2 = 13
    FUTEX_WAIT_PRIVATE = 128
    FUTEX_WAKE_PRIVATE = 129
    FUTEX_REQUEUE_PRIVATE = 131
    FUTEX_CMP_REQUEUE_PRIVATE = 132
    FUTEX_WAKE_OP_PRIVATE = 133
    FUTEX_LOCK_PI_PRIVATE = 134
    FUTEX_UNLOCK_PI_PRIVATE = 135
    FUTEX_TRYLOCK_PI_PRIVATE = 136
    FUTEX_WAIT_BITSET_PRIVATE = 137
    FUTEX_WAKE_BITSET_PRIVATE = 138
    FUTEX_WAIT_REQUEUE_PI_PRIVATE = 139
    FUTEX_CMP_REQUEUE_PI_PRIVATE = 140
    FUTEX_LOCK_PI2_PRIVATE = 141
