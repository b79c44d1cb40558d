"""Structs of calls on files: stat, statx, statfs, locks, openat2."""

from struct import Struct
from typing import ClassVar

from .packed import Packed


class Stat(Packed):
    """struct stat of x86-64 (asm/stat.h); aarch64 lays it out differently."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<QQQIIIxxxxQqqqqqqqqq24x")
    size: ClassVar[int] = 144

    st_dev: int
    st_ino: int
    st_nlink: int
    st_mode: int
    st_uid: int
    st_gid: int
    st_rdev: int
    st_size: int
    st_blksize: int
    st_blocks: int
    st_atime: int
    st_atime_nsec: int
    st_mtime: int
    st_mtime_nsec: int
    st_ctime: int
    st_ctime_nsec: int


class Statfs(Packed):
    """struct statfs (asm-generic/statfs.h); f_fsid's two ints are kept as one number."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<qqQQQQQQqqq32x")
    size: ClassVar[int] = 120

    f_type: int
    f_bsize: int
    f_blocks: int
    f_bfree: int
    f_bavail: int
    f_files: int
    f_ffree: int
    f_fsid: int
    f_namelen: int
    f_frsize: int
    f_flags: int


class Statx(Packed):
    """struct statx (linux/stat.h), up to the fields of Linux 6.1; the rest is spare."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<IIQIIIHxxQQQQqIxxxxqIxxxxqIxxxxqIxxxxIIIIQII96x")
    size: ClassVar[int] = 256

    stx_mask: int
    stx_blksize: int
    stx_attributes: int
    stx_nlink: int
    stx_uid: int
    stx_gid: int
    stx_mode: int
    stx_ino: int
    stx_size: int
    stx_blocks: int
    stx_attributes_mask: int
    stx_atime: int
    stx_atime_nsec: int
    stx_btime: int
    stx_btime_nsec: int
    stx_ctime: int
    stx_ctime_nsec: int
    stx_mtime: int
    stx_mtime_nsec: int
    stx_rdev_major: int
    stx_rdev_minor: int
    stx_dev_major: int
    stx_dev_minor: int
    stx_mnt_id: int
    stx_dio_mem_align: int
    stx_dio_offset_align: int


class Flock(Packed):
    """struct flock (asm-generic/fcntl.h)."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<hhxxxxqqixxxx")
    size: ClassVar[int] = 32

    l_type: int
    l_whence: int
    l_start: int
    l_len: int
    l_pid: int


class OpenHow(Packed):
    """struct open_how of openat2(2)."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<QQQ")
    size: ClassVar[int] = 24

    flags: int
    mode: int
    resolve: int


class Utimbuf(Packed):
    """struct utimbuf of utime(2)."""

    __slots__ = ()

    codec: ClassVar[Struct] = Struct("<qq")
    size: ClassVar[int] = 16

    actime: int
    modtime: int
