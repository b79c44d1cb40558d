"""C structs as immutable values: fixed size, made from bytes, turned into bytes.

Loaded when the first struct is read; see `args.layout`.
"""

from ...siginfo import SigInfo
from .buffers import EpollEvent, Iovec, Msghdr, Pollfd, Termios, Winsize
from .files import Flock, OpenHow, Stat, Statfs, Statx, Utimbuf
from .processes import CloneArgs, Rlimit, Rusage, SchedParam, Sysinfo, Utsname
from .signals import Sigaction, SigSet, StackT
from .sockaddr import (
    Inet6Address,
    InetAddress,
    NetlinkAddress,
    RawAddress,
    SocketAddress,
    UnixAddress,
    socket_address,
)
from .times import Itimerspec, Itimerval, Timespec, Timeval, Timezone, Tms

__all__ = [
    "CloneArgs",
    "EpollEvent",
    "Flock",
    "Inet6Address",
    "InetAddress",
    "Iovec",
    "Itimerspec",
    "Itimerval",
    "Msghdr",
    "NetlinkAddress",
    "OpenHow",
    "Pollfd",
    "RawAddress",
    "Rlimit",
    "Rusage",
    "SchedParam",
    "SigInfo",
    "SigSet",
    "Sigaction",
    "SocketAddress",
    "StackT",
    "Stat",
    "Statfs",
    "Statx",
    "Sysinfo",
    "Termios",
    "Timespec",
    "Timeval",
    "Timezone",
    "Tms",
    "UnixAddress",
    "Utimbuf",
    "Utsname",
    "Winsize",
    "socket_address",
]
