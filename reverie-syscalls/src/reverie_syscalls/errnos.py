"""Error numbers: `Errno`, and what a raw return value means.

The numbers are those of asm-generic/errno.h, which x86-64 and aarch64 share. From 512 on they are the
kernel's own (linux/errno.h): user space never sees them, but a tracer does, at syscall-exit-stops.
"""

import os
from enum import IntEnum

from .abi import int64

MAX_ERRNO = 4095
"""Raw results from -4095 to -1 are errors, all others are values (linux/err.h)."""


class Errno(IntEnum):
    """A positive error number; 35 and 95 have the names strace prints, EDEADLK and EOPNOTSUPP."""

    EPERM = 1
    ENOENT = 2
    ESRCH = 3
    EINTR = 4
    EIO = 5
    ENXIO = 6
    E2BIG = 7
    ENOEXEC = 8
    EBADF = 9
    ECHILD = 10
    EAGAIN = 11
    ENOMEM = 12
    EACCES = 13
    EFAULT = 14
    ENOTBLK = 15
    EBUSY = 16
    EEXIST = 17
    EXDEV = 18
    ENODEV = 19
    ENOTDIR = 20
    EISDIR = 21
    EINVAL = 22
    ENFILE = 23
    EMFILE = 24
    ENOTTY = 25
    ETXTBSY = 26
    EFBIG = 27
    ENOSPC = 28
    ESPIPE = 29
    EROFS = 30
    EMLINK = 31
    EPIPE = 32
    EDOM = 33
    ERANGE = 34
    EDEADLK = 35
    ENAMETOOLONG = 36
    ENOLCK = 37
    ENOSYS = 38
    ENOTEMPTY = 39
    ELOOP = 40
    ENOMSG = 42
    EIDRM = 43
    ECHRNG = 44
    EL2NSYNC = 45
    EL3HLT = 46
    EL3RST = 47
    ELNRNG = 48
    EUNATCH = 49
    ENOCSI = 50
    EL2HLT = 51
    EBADE = 52
    EBADR = 53
    EXFULL = 54
    ENOANO = 55
    EBADRQC = 56
    EBADSLT = 57
    EBFONT = 59
    ENOSTR = 60
    ENODATA = 61
    ETIME = 62
    ENOSR = 63
    ENONET = 64
    ENOPKG = 65
    EREMOTE = 66
    ENOLINK = 67
    EADV = 68
    ESRMNT = 69
    ECOMM = 70
    EPROTO = 71
    EMULTIHOP = 72
    EDOTDOT = 73
    EBADMSG = 74
    EOVERFLOW = 75
    ENOTUNIQ = 76
    EBADFD = 77
    EREMCHG = 78
    ELIBACC = 79
    ELIBBAD = 80
    ELIBSCN = 81
    ELIBMAX = 82
    ELIBEXEC = 83
    EILSEQ = 84
    ERESTART = 85
    ESTRPIPE = 86
    EUSERS = 87
    ENOTSOCK = 88
    EDESTADDRREQ = 89
    EMSGSIZE = 90
    EPROTOTYPE = 91
    ENOPROTOOPT = 92
    EPROTONOSUPPORT = 93
    ESOCKTNOSUPPORT = 94
    EOPNOTSUPP = 95
    EPFNOSUPPORT = 96
    EAFNOSUPPORT = 97
    EADDRINUSE = 98
    EADDRNOTAVAIL = 99
    ENETDOWN = 100
    ENETUNREACH = 101
    ENETRESET = 102
    ECONNABORTED = 103
    ECONNRESET = 104
    ENOBUFS = 105
    EISCONN = 106
    ENOTCONN = 107
    ESHUTDOWN = 108
    ETOOMANYREFS = 109
    ETIMEDOUT = 110
    ECONNREFUSED = 111
    EHOSTDOWN = 112
    EHOSTUNREACH = 113
    EALREADY = 114
    EINPROGRESS = 115
    ESTALE = 116
    EUCLEAN = 117
    ENOTNAM = 118
    ENAVAIL = 119
    EISNAM = 120
    EREMOTEIO = 121
    EDQUOT = 122
    ENOMEDIUM = 123
    EMEDIUMTYPE = 124
    ECANCELED = 125
    ENOKEY = 126
    EKEYEXPIRED = 127
    EKEYREVOKED = 128
    EKEYREJECTED = 129
    EOWNERDEAD = 130
    ENOTRECOVERABLE = 131
    ERFKILL = 132
    EHWPOISON = 133
    EFTYPE = 134
    ERESTARTSYS = 512
    ERESTARTNOINTR = 513
    ERESTARTNOHAND = 514
    ENOIOCTLCMD = 515
    ERESTART_RESTARTBLOCK = 516
    EPROBE_DEFER = 517
    EOPENSTALE = 518
    ENOPARAM = 519
    EBADHANDLE = 521
    ENOTSYNC = 522
    EBADCOOKIE = 523
    ENOTSUPP = 524
    ETOOSMALL = 525
    ESERVERFAULT = 526
    EBADTYPE = 527
    EJUKEBOX = 528
    EIOCBQUEUED = 529
    ERECALLCONFLICT = 530
    ENOGRACE = 531

    def __str__(self) -> str:
        return self.name

    @classmethod
    def _missing_(cls, value: object) -> "Errno | None":
        """Make a member of any other number the kernel's convention allows.

        A seccomp filter or a tool may return numbers nobody has named; they travel like the others.
        """
        if not isinstance(value, int) or not 0 < value <= MAX_ERRNO:
            return None
        unnamed = int.__new__(cls, value)
        unnamed._name_ = f"ERRNO_{value}"
        unnamed._value_ = value
        return unnamed


RESTART_CODES = frozenset({Errno.ERESTARTSYS, Errno.ERESTARTNOINTR, Errno.ERESTARTNOHAND, Errno.ERESTART_RESTARTBLOCK})
"""Results that mean "interrupted by a signal": the kernel restarts the call or turns it into EINTR."""

_RESTART_TEXT = {
    Errno.ERESTARTSYS: "To be restarted if SA_RESTART is set",
    Errno.ERESTARTNOINTR: "To be restarted",
    Errno.ERESTARTNOHAND: "To be restarted if no handler",
    Errno.ERESTART_RESTARTBLOCK: "Interrupted by signal",
}


class SyscallError(Exception):
    """A system call failed inside the guest.

    Not an `OSError`: a tool's own failing log file must never become a guest's result. Left uncaught in a
    syscall handler, this one does become the guest's result.
    """

    def __init__(self, errno: int) -> None:
        super().__init__(errno)
        self.errno = Errno(errno)

    def __str__(self) -> str:
        return f"{self.errno.name} ({describe(self.errno)})"


def describe(errno: int) -> str:
    """Return the sentence strerror(3) has for this error; for a restart code, what the kernel will do."""
    text = _RESTART_TEXT.get(errno)  # type: ignore[call-overload]  # an Errno is looked up by its int
    return os.strerror(errno) if text is None else str(text)


def result_of(raw: int) -> int | Errno:
    """Read the raw result of a call, signed or unsigned: an `Errno` if it is an error, else the value.

    The value is signed: a negative one, below all errors, is an address in the upper half.
    """
    signed = int64(raw)
    return Errno(-signed) if -MAX_ERRNO <= signed < 0 else signed


def is_error(raw: int) -> bool:
    """Tell whether a raw result, signed or unsigned, is an error."""
    return -MAX_ERRNO <= int64(raw) < 0
