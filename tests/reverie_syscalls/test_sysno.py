"""Names and numbers agree with the kernel's headers, and mistakes get a suggestion."""

import re
from pathlib import Path

import pytest

from reverie_syscalls import AARCH64, Sysno, UnknownSyscallName, by_number, lookup

HEADER = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
GENERIC = Path("/usr/include/asm-generic/unistd.h")


def defined(header: Path) -> dict[str, int]:
    """Return the numbers a kernel header gives, where it gives them as plain numbers."""
    if not header.exists():
        pytest.skip(f"needs {header}: apt-get install linux-libc-dev")
    return {name: int(number) for name, number in re.findall(r"#define __NR_(\w+) (\d+)", header.read_text())}


def test_x86_64_numbers_are_those_of_the_header() -> None:
    known = defined(HEADER)
    assert len(known) > 300
    assert {name: number for name, number in known.items() if name not in Sysno.__members__} == {}
    assert {name: Sysno[name].value for name in known} == known


def test_aarch64_numbers_are_those_of_the_generic_header() -> None:
    known = defined(GENERIC)
    ours = {sysno.name: number for sysno, number in AARCH64.items()}
    shared = ours.keys() & known.keys()
    assert len(shared) > 250
    assert {name: ours[name] for name in shared} == {name: known[name] for name in shared}


def test_new_calls_have_the_same_number_everywhere() -> None:
    fresh = [sysno for sysno in Sysno if sysno >= 424]
    assert [sysno.value for sysno in fresh] == list(range(424, 471))
    assert all(AARCH64[sysno] == sysno for sysno in fresh)


def test_calls_of_x86_64_alone_are_not_in_the_other_table() -> None:
    assert AARCH64.keys().isdisjoint({Sysno.open, Sysno.fork, Sysno.arch_prctl, Sysno.stat, Sysno.uretprobe})


def test_lookup_by_name_and_number() -> None:
    assert lookup("openat") is Sysno.openat
    assert by_number(257) is Sysno.openat
    assert by_number(1000) is None
    assert by_number(-1) is None
    assert f"{Sysno.openat}" == "openat"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("opennat", "unknown system call 'opennat': did you mean openat, open"),
        ("wirte", "unknown system call 'wirte': did you mean write"),
        ("zzzzzz", "unknown system call 'zzzzzz'"),
    ],
)
def test_an_unknown_name_gets_the_nearest_ones(wrong: str, message: str) -> None:
    with pytest.raises(UnknownSyscallName) as caught:
        lookup(wrong)
    assert str(caught.value).startswith(message)
    assert isinstance(caught.value, ValueError)
    assert caught.value.name == wrong
