"""Flags and enums of calls on descriptors: fcntl, waiting, copying.

Names are the kernel's. A flag set keeps bits nobody has named.
"""

from enum import IntEnum, IntFlag


class FcntlCommand(IntEnum):
    """fcntl(2)."""

    F_DUPFD = 0
    F_GETFD = 1
    F_SETFD = 2
    F_GETFL = 3
    F_SETFL = 4
    F_GETLK = 5
    F_SETLK = 6
    F_SETLKW = 7
    F_SETOWN = 8
    F_GETOWN = 9
    F_SETSIG = 10
    F_GETSIG = 11
    F_SETOWN_EX = 15
    F_GETOWN_EX = 16
    F_OFD_GETLK = 36
    F_OFD_SETLK = 37
    F_OFD_SETLKW = 38
    F_SETLEASE = 1024
    F_GETLEASE = 1025
    F_NOTIFY = 1026
    F_DUPFD_QUERY = 1027
    F_CREATED_QUERY = 1028
    F_CANCELLK = 1029
    F_DUPFD_CLOEXEC = 1030
    F_SETPIPE_SZ = 1031
    F_GETPIPE_SZ = 1032
    F_ADD_SEALS = 1033
    F_GET_SEALS = 1034
    F_GET_RW_HINT = 1035
    F_SET_RW_HINT = 1036
    F_GET_FILE_RW_HINT = 1037
    F_SET_FILE_RW_HINT = 1038


class DescriptorFlags(IntFlag):
    """fcntl(2), F_SETFD."""

    FD_CLOEXEC = 0x1


class DescriptorOpenFlags(IntFlag):
    """Flags of pipe2(2) and dup3(2)."""

    O_EXCL = 0o200
    O_NONBLOCK = 0o4000
    O_DIRECT = 0o40000
    O_CLOEXEC = 0o2000000


class SealFlags(IntFlag):
    """fcntl(2), F_ADD_SEALS."""

    F_SEAL_SEAL = 0x1
    F_SEAL_SHRINK = 0x2
    F_SEAL_GROW = 0x4
    F_SEAL_WRITE = 0x8
    F_SEAL_FUTURE_WRITE = 0x10
    F_SEAL_EXEC = 0x20


class PollEvents(IntFlag):
    """poll(2)."""

    POLLIN = 0x1
    POLLPRI = 0x2
    POLLOUT = 0x4
    POLLRDNORM = 0x40
    POLLWRNORM = 0x100
    POLLRDBAND = 0x80
    POLLWRBAND = 0x200
    POLLERR = 0x8
    POLLHUP = 0x10
    POLLNVAL = 0x20
    POLLMSG = 0x400
    POLLREMOVE = 0x1000
    POLLRDHUP = 0x2000


class EpollEvents(IntFlag):
    """epoll_ctl(2)."""

    EPOLLIN = 0x1
    EPOLLPRI = 0x2
    EPOLLOUT = 0x4
    EPOLLRDNORM = 0x40
    EPOLLWRNORM = 0x100
    EPOLLRDBAND = 0x80
    EPOLLWRBAND = 0x200
    EPOLLMSG = 0x400
    EPOLLERR = 0x8
    EPOLLHUP = 0x10
    EPOLLRDHUP = 0x2000
    EPOLLEXCLUSIVE = 1 << 28
    EPOLLWAKEUP = 1 << 29
    EPOLLONESHOT = 1 << 30
    EPOLLET = 1 << 31


class EpollOperation(IntEnum):
    """epoll_ctl(2)."""

    EPOLL_CTL_ADD = 1
    EPOLL_CTL_DEL = 2
    EPOLL_CTL_MOD = 3


class EpollFlags(IntFlag):
    """epoll_create1(2)."""

    EPOLL_CLOEXEC = 0x80000


class EventfdFlags(IntFlag):
    """eventfd2(2)."""

    EFD_SEMAPHORE = 0x1
    EFD_CLOEXEC = 0x80000
    EFD_NONBLOCK = 0x800


class SignalfdFlags(IntFlag):
    """signalfd4(2)."""

    SFD_CLOEXEC = 0x80000
    SFD_NONBLOCK = 0x800


class TimerfdFlags(IntFlag):
    """timerfd_create(2)."""

    TFD_CLOEXEC = 0x80000
    TFD_NONBLOCK = 0x800


class TimerfdSetFlags(IntFlag):
    """timerfd_settime(2)."""

    TFD_TIMER_ABSTIME = 0x1
    TFD_TIMER_CANCEL_ON_SET = 0x2


class InotifyInitFlags(IntFlag):
    """inotify_init1(2)."""

    IN_CLOEXEC = 0x80000
    IN_NONBLOCK = 0x800


class SpliceFlags(IntFlag):
    """splice(2), tee(2), vmsplice(2)."""

    SPLICE_F_MOVE = 0x1
    SPLICE_F_NONBLOCK = 0x2
    SPLICE_F_MORE = 0x4
    SPLICE_F_GIFT = 0x8


class RwFlags(IntFlag):
    """preadv2(2), pwritev2(2)."""

    RWF_HIPRI = 0x1
    RWF_DSYNC = 0x2
    RWF_SYNC = 0x4
    RWF_NOWAIT = 0x8
    RWF_APPEND = 0x10


class CloseRangeFlags(IntFlag):
    """close_range(2)."""

    CLOSE_RANGE_UNSHARE = 0x2
    CLOSE_RANGE_CLOEXEC = 0x4
