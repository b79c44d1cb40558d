"""Requests of ioctl(2): their numbers, and what a number itself tells.

What each request's argument is stands in `tables/io.toml`, under `[union.ioctl]`. For all others, numbers
made with the kernel's _IOR, _IOW and _IOWR macros carry direction and size (asm-generic/ioctl.h); requests
older than those macros carry nothing.
"""

from enum import IntEnum, IntFlag


class IoctlRequest(IntEnum):
    """ioctl(2), the requests whose argument is known."""

    TCGETS = 0x5401
    TCSETS = 0x5402
    TCSETSW = 0x5403
    TCSETSF = 0x5404
    TCSBRK = 0x5409
    TCXONC = 0x540A
    TCFLSH = 0x540B
    TIOCEXCL = 0x540C
    TIOCNXCL = 0x540D
    TIOCSCTTY = 0x540E
    TIOCGPGRP = 0x540F
    TIOCSPGRP = 0x5410
    TIOCOUTQ = 0x5411
    TIOCSTI = 0x5412
    TIOCGWINSZ = 0x5413
    TIOCSWINSZ = 0x5414
    TIOCMGET = 0x5415
    TIOCMBIS = 0x5416
    TIOCMBIC = 0x5417
    TIOCMSET = 0x5418
    TIOCGSOFTCAR = 0x5419
    TIOCSSOFTCAR = 0x541A
    FIONREAD = 0x541B
    TIOCLINUX = 0x541C
    TIOCCONS = 0x541D
    TIOCPKT = 0x5420
    FIONBIO = 0x5421
    TIOCNOTTY = 0x5422
    TIOCSETD = 0x5423
    TIOCGETD = 0x5424
    TCSBRKP = 0x5425
    TIOCGSID = 0x5429
    TIOCGPTN = 0x80045430
    TIOCSPTLCK = 0x40045431
    TIOCGPTLCK = 0x80045439
    TIOCGPTPEER = 0x5441
    TCGETS2 = 0x802C542A
    TCSETS2 = 0x402C542B
    FIONCLEX = 0x5450
    FIOCLEX = 0x5451
    FIOASYNC = 0x5452
    FIOQSIZE = 0x5460
    SIOCSPGRP = 0x8902
    SIOCGPGRP = 0x8904
    SIOCATMARK = 0x8905
    SIOCGSTAMP_OLD = 0x8906
    SIOCGIFNAME = 0x8910
    SIOCGIFCONF = 0x8912
    SIOCGIFFLAGS = 0x8913
    SIOCSIFFLAGS = 0x8914
    SIOCGIFADDR = 0x8915
    SIOCGIFNETMASK = 0x891B
    SIOCGIFMTU = 0x8921
    SIOCGIFHWADDR = 0x8927
    SIOCGIFINDEX = 0x8933
    SIOCETHTOOL = 0x8946
    FICLONE = 0x40049409
    FICLONERANGE = 0x4020940D
    FS_IOC_GETFLAGS = 0x80086601
    FS_IOC_SETFLAGS = 0x40086602
    FS_IOC_FIEMAP = 0xC020660B
    FIBMAP = 0x0001
    FIGETBSZ = 0x0002
    BLKGETSIZE64 = 0x80081272
    BLKSSZGET = 0x1268


class Direction(IntFlag):
    """Which way an argument's bytes go, as seen by the program: it writes, it reads, or both."""

    NONE = 0
    WRITE = 1
    READ = 2


def direction(request: int) -> Direction:
    """Return the direction encoded in the number; NONE for requests that do not encode it."""
    return Direction(request >> 30 & 3)


def size(request: int) -> int:
    """Return the argument's size in bytes encoded in the number; 0 when it encodes none."""
    return request >> 16 & 0x3FFF if direction(request) else 0
