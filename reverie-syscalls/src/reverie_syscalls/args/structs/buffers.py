"""Structs of calls that wait on or move data through descriptors."""

from struct import Struct
from typing import ClassVar

from .packed import Packed


class Iovec(Packed):
    """struct iovec: one piece of a scattered buffer."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<QQ")
    size: ClassVar[int] = 16

    iov_base: int
    iov_len: int


class Pollfd(Packed):
    """struct pollfd."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<ihh")
    size: ClassVar[int] = 8

    fd: int
    events: int
    revents: int


class Msghdr(Packed):
    """struct msghdr as the kernel reads it (linux/socket.h, user_msghdr)."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<QixxxxQQQQIxxxx")
    size: ClassVar[int] = 56

    msg_name: int
    msg_namelen: int
    msg_iov: int
    msg_iovlen: int
    msg_control: int
    msg_controllen: int
    msg_flags: int


class Winsize(Packed):
    """struct winsize: a terminal's rows and columns."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<HHHH")
    size: ClassVar[int] = 8

    ws_row: int
    ws_col: int
    ws_xpixel: int
    ws_ypixel: int


class Termios(Packed):
    """The kernel's struct termios, 36 bytes; the one of libc has 60 and never reaches the kernel."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<IIIIB19s")
    size: ClassVar[int] = 36

    c_iflag: int
    c_oflag: int
    c_cflag: int
    c_lflag: int
    c_line: int
    c_cc: bytes


class EpollEvent(Packed):
    """struct epoll_event of x86-64, which is packed; aarch64 has four bytes of padding after `events`."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<IQ")
    size: ClassVar[int] = 12

    events: int
    data: int
