"""Flags, enums and modes by name."""

import pytest

from reverie_syscalls.text.constants import constant, device, file_mode, flags, permissions, statx_mask


@pytest.mark.parametrize(
    ("type_name", "value", "text"),
    [
        ("OpenFlags", 0, "O_RDONLY"),
        ("OpenFlags", 0o102 | 0o200, "O_RDWR|O_CREAT|O_EXCL"),
        ("OpenFlags", 0o2200000, "O_RDONLY|O_CLOEXEC|O_DIRECTORY"),
        ("OpenFlags", 0o20200001, "O_WRONLY|O_TMPFILE"),
        ("OpenFlags", 0x40000000, "O_RDONLY|0x40000000"),
        ("OpenFlags", 0o4010000, "O_RDONLY|O_SYNC"),
        ("MmapProt", 0, "PROT_NONE"),
        ("MmapProt", 3, "PROT_READ|PROT_WRITE"),
        ("MmapProt", 0x80, "0x80 /* PROT_??? */"),
        ("MmapFlags", 0x22, "MAP_PRIVATE|MAP_ANONYMOUS"),
        ("AccessMode", 0, "F_OK"),
        ("AccessMode", 5, "R_OK|X_OK"),
        ("SocketType", 0o2000001, "SOCK_STREAM|SOCK_CLOEXEC"),
        ("AtFlags", 0, "0"),
        ("AtFlags", 0x1000, "AT_EMPTY_PATH"),
    ],
)
def test_flag_sets(type_name: str, value: int, text: str) -> None:
    assert flags(type_name, value) == text


def test_enums() -> None:
    assert constant("Whence", 1) == "SEEK_CUR"
    assert constant("Whence", 0x4D) == "0x4d /* SEEK_??? */"
    assert constant("ClockId", 12) == "0xc /* CLOCK_??? */"
    assert constant("RusageWho", -1) == "RUSAGE_CHILDREN"


def test_modes_and_devices() -> None:
    assert [permissions(mode) for mode in (0, 7, 0o644, 0o4755)] == ["000", "007", "0644", "04755"]
    assert file_mode(0o100644) == "S_IFREG|0644"
    assert file_mode(0o104755) == "S_IFREG|S_ISUID|0755"
    assert device(0x103) == "makedev(0x1, 0x3)"


def test_statx_masks_have_names_for_their_unions() -> None:
    assert statx_mask(0xFFF) == "STATX_ALL"
    assert statx_mask(0x17FF) == "STATX_BASIC_STATS|STATX_MNT_ID"
    assert statx_mask(0x201) == "STATX_TYPE|STATX_SIZE"
