"""Flags and enums of calls on files, directories and mounts.

Names are the kernel's. A flag set keeps bits nobody has named.
"""

from enum import IntEnum, IntFlag


class OpenFlags(IntFlag):
    """open(2), openat(2): access mode, creation and status flags."""

    O_RDONLY = 0
    O_WRONLY = 0o1
    O_RDWR = 0o2
    O_CREAT = 0o100
    O_EXCL = 0o200
    O_NOCTTY = 0o400
    O_TRUNC = 0o1000
    O_APPEND = 0o2000
    O_NONBLOCK = 0o4000
    O_SYNC = 0o4010000
    O_DSYNC = 0o10000
    FASYNC = 0o20000
    O_DIRECT = 0o40000
    O_LARGEFILE = 0o100000
    O_NOFOLLOW = 0o400000
    O_NOATIME = 0o1000000
    O_CLOEXEC = 0o2000000
    O_PATH = 0o10000000
    O_TMPFILE = 0o20200000
    O_DIRECTORY = 0o200000


class AtFlags(IntFlag):
    """The flags argument of the *at() calls."""

    AT_SYMLINK_NOFOLLOW = 0x100
    AT_EACCESS = 0x200
    AT_SYMLINK_FOLLOW = 0x400
    AT_NO_AUTOMOUNT = 0x800
    AT_EMPTY_PATH = 0x1000
    AT_STATX_FORCE_SYNC = 0x2000
    AT_STATX_DONT_SYNC = 0x4000
    AT_RECURSIVE = 0x8000


class UnlinkFlags(IntFlag):
    """The flags of unlinkat(2), where bit 0x200 has its own meaning."""

    AT_REMOVEDIR = 0x200


class AccessMode(IntFlag):
    """What access(2) asks for; 0 asks whether the file exists."""

    R_OK = 4
    W_OK = 2
    X_OK = 1


class Whence(IntEnum):
    """lseek(2): where the offset counts from."""

    SEEK_SET = 0
    SEEK_CUR = 1
    SEEK_END = 2
    SEEK_DATA = 3
    SEEK_HOLE = 4


class RenameFlags(IntFlag):
    """renameat2(2)."""

    RENAME_NOREPLACE = 0x1
    RENAME_EXCHANGE = 0x2
    RENAME_WHITEOUT = 0x4


class StatxMask(IntFlag):
    """statx(2): which fields are wanted, or filled."""

    STATX_TYPE = 0x1
    STATX_MODE = 0x2
    STATX_NLINK = 0x4
    STATX_UID = 0x8
    STATX_GID = 0x10
    STATX_ATIME = 0x20
    STATX_MTIME = 0x40
    STATX_CTIME = 0x80
    STATX_INO = 0x100
    STATX_SIZE = 0x200
    STATX_BLOCKS = 0x400
    STATX_BTIME = 0x800
    STATX_MNT_ID = 0x1000
    STATX_DIOALIGN = 0x2000
    STATX_MNT_ID_UNIQUE = 0x4000
    STATX_SUBVOL = 0x8000
    STATX_WRITE_ATOMIC = 0x10000
    STATX_DIO_READ_ALIGN = 0x20000


class MountFlags(IntFlag):
    """mount(2)."""

    MS_RDONLY = 0x1
    MS_NOSUID = 0x2
    MS_NODEV = 0x4
    MS_NOEXEC = 0x8
    MS_SYNCHRONOUS = 0x10
    MS_REMOUNT = 0x20
    MS_MANDLOCK = 0x40
    MS_DIRSYNC = 0x80
    MS_NOSYMFOLLOW = 256
    MS_NOATIME = 0x400
    MS_NODIRATIME = 0x800
    MS_BIND = 0x1000
    MS_MOVE = 0x2000
    MS_REC = 0x4000
    MS_SILENT = 0x8000
    MS_POSIXACL = 0x10000
    MS_UNBINDABLE = 0x20000
    MS_PRIVATE = 0x40000
    MS_SLAVE = 0x80000
    MS_SHARED = 0x100000
    MS_RELATIME = 0x200000
    MS_KERNMOUNT = 0x400000
    MS_I_VERSION = 0x800000
    MS_STRICTATIME = 0x1000000
    MS_LAZYTIME = 0x2000000


class UmountFlags(IntFlag):
    """umount2(2)."""

    MNT_FORCE = 0x1
    MNT_DETACH = 0x2
    MNT_EXPIRE = 0x4
    UMOUNT_NOFOLLOW = 0x8


class XattrFlags(IntFlag):
    """setxattr(2)."""

    XATTR_CREATE = 0x1
    XATTR_REPLACE = 0x2


class FlockOperation(IntFlag):
    """flock(2)."""

    LOCK_SH = 0x1
    LOCK_EX = 0x2
    LOCK_NB = 0x4
    LOCK_UN = 0x8


class FallocateMode(IntFlag):
    """fallocate(2)."""

    FALLOC_FL_KEEP_SIZE = 0x1
    FALLOC_FL_PUNCH_HOLE = 0x2
    FALLOC_FL_NO_HIDE_STALE = 0x4
    FALLOC_FL_COLLAPSE_RANGE = 0x8
    FALLOC_FL_ZERO_RANGE = 0x10
    FALLOC_FL_INSERT_RANGE = 0x20
    FALLOC_FL_UNSHARE_RANGE = 0x40


class Fadvice(IntEnum):
    """posix_fadvise(2)."""

    POSIX_FADV_NORMAL = 0
    POSIX_FADV_RANDOM = 1
    POSIX_FADV_SEQUENTIAL = 2
    POSIX_FADV_WILLNEED = 3
    POSIX_FADV_DONTNEED = 4
    POSIX_FADV_NOREUSE = 5


class ResolveFlags(IntFlag):
    """openat2(2): how the path may be resolved."""

    RESOLVE_NO_XDEV = 0x1
    RESOLVE_NO_MAGICLINKS = 0x2
    RESOLVE_NO_SYMLINKS = 0x4
    RESOLVE_BENEATH = 0x8
    RESOLVE_IN_ROOT = 0x10
    RESOLVE_CACHED = 0x20


class InotifyMask(IntFlag):
    """inotify_add_watch(2)."""

    IN_ACCESS = 0x1
    IN_MODIFY = 0x2
    IN_ATTRIB = 0x4
    IN_CLOSE_WRITE = 0x8
    IN_CLOSE_NOWRITE = 0x10
    IN_OPEN = 0x20
    IN_MOVED_FROM = 0x40
    IN_MOVED_TO = 0x80
    IN_CREATE = 0x100
    IN_DELETE = 0x200
    IN_DELETE_SELF = 0x400
    IN_MOVE_SELF = 0x800
    IN_UNMOUNT = 0x2000
    IN_Q_OVERFLOW = 0x4000
    IN_IGNORED = 0x8000
    IN_ONLYDIR = 0x1000000
    IN_DONT_FOLLOW = 0x2000000
    IN_EXCL_UNLINK = 0x4000000
    IN_MASK_CREATE = 0x10000000
    IN_MASK_ADD = 0x20000000
    IN_ISDIR = 0x40000000
    IN_ONESHOT = 0x80000000


class StatfsFlags(IntFlag):
    """The f_flags of struct statfs."""

    ST_VALID = 0x20
    ST_RDONLY = 0x1
    ST_NOSUID = 0x2
    ST_NODEV = 0x4
    ST_NOEXEC = 0x8
    ST_SYNCHRONOUS = 0x10
    ST_MANDLOCK = 0x40
    ST_NOATIME = 0x400
    ST_NODIRATIME = 0x800
    ST_RELATIME = 0x1000


class LockType(IntEnum):
    """The l_type of struct flock; also fcntl's F_SETLEASE."""

    F_RDLCK = 0
    F_WRLCK = 1
    F_UNLCK = 2


class FilesystemType(IntEnum):
    """The f_type of struct statfs, for the more common file systems."""

    TMPFS_MAGIC = 0x1021994
    EXT2_SUPER_MAGIC = 0xEF53
    PROC_SUPER_MAGIC = 0x9FA0
    SYSFS_MAGIC = 0x62656572
    OVERLAYFS_SUPER_MAGIC = 0x794C7630
    BTRFS_SUPER_MAGIC = 0x9123683E
    XFS_SUPER_MAGIC = 0x58465342
    NFS_SUPER_MAGIC = 0x6969
    DEVPTS_SUPER_MAGIC = 0x1CD1
    CGROUP_SUPER_MAGIC = 0x27E0EB
    CGROUP2_SUPER_MAGIC = 0x63677270
    RAMFS_MAGIC = 0x858458F6
    HUGETLBFS_MAGIC = 0x958458F6
    SQUASHFS_MAGIC = 0x73717368
    FUSE_SUPER_MAGIC = 0x65735546
    PIPEFS_MAGIC = 0x50495045
    SOCKFS_MAGIC = 0x534F434B
    NSFS_MAGIC = 0x6E736673
    BPF_FS_MAGIC = 0xCAFE4A11
    DEBUGFS_MAGIC = 0x64626720
    TRACEFS_MAGIC = 0x74726163
    SELINUX_MAGIC = 0xF97CFF8C
    SECURITYFS_MAGIC = 0x73636673
