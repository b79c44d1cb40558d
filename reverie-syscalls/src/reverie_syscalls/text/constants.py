"""Flags, enums, modes and devices as their C names, joined as strace joins them."""

from functools import cache, lru_cache

from .._generated.constants import CONSTANTS

_REMEMBERED = 1024
"""per stop: a program says the same few things again and again. Whatever a hostile one says is forgotten again."""

# The lowest bits of these are a number; their names come first, and a zero there is named too.
_NUMBERS = {
    "OpenFlags": (0o3, {0: "O_RDONLY", 1: "O_WRONLY", 2: "O_RDWR", 3: "O_ACCMODE"}),
    "MmapFlags": (0xF, {0: "MAP_FILE", 1: "MAP_SHARED", 2: "MAP_PRIVATE", 3: "MAP_SHARED_VALIDATE"}),
    "SocketType": (
        0xF,
        {
            1: "SOCK_STREAM",
            2: "SOCK_DGRAM",
            3: "SOCK_RAW",
            4: "SOCK_RDM",
            5: "SOCK_SEQPACKET",
            6: "SOCK_DCCP",
            10: "SOCK_PACKET",
        },
    ),
}
_ZERO = {"AccessMode": "F_OK", "MmapProt": "PROT_NONE"}
_UNNAMED = {"AccessMode": "?_OK", "WaitOptions": "W???", "Signal": "SIG???"}
_STATX_UNIONS = ((0xFFF, "STATX_ALL"), (0x7FF, "STATX_BASIC_STATS"))
_FILE_TYPES = {
    0o140000: "S_IFSOCK",
    0o120000: "S_IFLNK",
    0o100000: "S_IFREG",
    0o060000: "S_IFBLK",
    0o040000: "S_IFDIR",
    0o020000: "S_IFCHR",
    0o010000: "S_IFIFO",
}
_MODE_BITS = {0o4000: "S_ISUID", 0o2000: "S_ISGID", 0o1000: "S_ISVTX"}


@lru_cache(_REMEMBERED)
def flags(type_name: str, value: int) -> str:
    """Return the set's names joined by `|`; bits without a name in hexadecimal, at the end."""
    names, rest = flag_names(type_name, value)
    if not names:
        if rest == 0:
            return _ZERO.get(type_name, "0")
        return f"{rest:#x} /* {unnamed(type_name)} */"
    return "|".join([*names, f"{rest:#x}"] if rest else names)


@lru_cache(_REMEMBERED)
def statx_mask(value: int) -> str:
    """Return a statx mask, where strace has names for two common unions of flags."""
    for union, name in _STATX_UNIONS:
        if value & union == union:
            rest = value & ~union
            return f"{name}|{flags('StatxMask', rest)}" if rest else name
    return flags("StatxMask", value)


def flag_names(type_name: str, value: int) -> tuple[list[str], int]:
    """Return the names of the bits that have one, and the bits that have none."""
    names: list[str] = []
    mask, numbers = _NUMBERS.get(type_name, (0, {}))
    if mask:
        number = value & mask
        if number in numbers and (number or value == 0 or type_name == "OpenFlags"):
            names.append(numbers[number])
            value &= ~mask
    for name, bits in _members(type_name):
        if bits and value & bits == bits:
            names.append(name)
            value &= ~bits
    return names, value


@lru_cache(_REMEMBERED)
def constant(type_name: str, value: int) -> str:
    """Return the enum member's name, or the value in hexadecimal with a remark."""
    name = _names(type_name).get(value)
    return f"{value & 0xFFFF_FFFF:#x} /* {unnamed(type_name)} */" if name is None else name


def constant_name(type_name: str, value: int) -> str | None:
    """Return the enum member's name, or None."""
    return _names(type_name).get(value)


def permissions(mode: int) -> str:
    """Return a mode in octal, with at least three digits, as in chmod(2)."""
    return f"0{mode:02o}" if mode < 0o100 else f"0{mode:o}"


@lru_cache(_REMEMBERED)
def file_mode(mode: int) -> str:
    """Return type, special bits and permissions, as in stat(2)."""
    names = []
    kind = _FILE_TYPES.get(mode & 0o170000)
    if kind is not None:
        names.append(kind)
        mode &= ~0o170000
    for bit, name in _MODE_BITS.items():
        if names and mode & bit:
            names.append(name)
            mode &= ~bit
    return "|".join([*names, permissions(mode)])


def device(number: int) -> str:
    """Return a device number split in two, as the kernel's new_encode_dev packs it."""
    major = number >> 8 & 0xFFF | number >> 32 & 0xFFFF_F000
    minor = number & 0xFF | number >> 12 & 0xFFFF_FF00
    return f"makedev({major:#x}, {minor:#x})" if major else f"makedev(0, {minor:#x})"


@cache
def unnamed(type_name: str) -> str:
    """Return what strace says of a value nobody named: the common prefix of those with a name, and `???`."""
    if type_name in _UNNAMED:
        return _UNNAMED[type_name]
    names = sorted(name for name, _ in CONSTANTS[type_name][1])
    first, last = names[0], names[-1]  # what these two share, all between them share
    shared = next(
        (index for index, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first)
    )
    prefix = first[:shared]
    return f"{prefix[: prefix.rindex('_') + 1] if '_' in prefix else prefix}???"


@cache
def _members(type_name: str) -> tuple[tuple[str, int], ...]:
    mask = _NUMBERS.get(type_name, (0, {}))[0]
    return tuple((name, value) for name, value in CONSTANTS[type_name][1] if value & ~mask or not mask)


@cache
def _names(type_name: str) -> dict[int, str]:
    return {value: name for name, value in reversed(CONSTANTS[type_name][1])}
