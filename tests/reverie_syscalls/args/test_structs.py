"""Structs have the layout C gives them, and survive the way to bytes and back."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reverie_syscalls.args import structs
from reverie_syscalls.args.structs import (
    Inet6Address,
    InetAddress,
    NetlinkAddress,
    RawAddress,
    UnixAddress,
    socket_address,
)
from reverie_syscalls.args.structs.packed import Packed
from tests.support.needs import needs

ALL = [
    value for name in structs.__all__ if isinstance(value := getattr(structs, name), type) and issubclass(value, Packed)
]

HEADERS = """
#define _GNU_SOURCE
#include <asm/stat.h>
#include <asm/statfs.h>
#include <asm/termbits.h>
#include <asm/termios.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/stat.h>
#include <linux/sysinfo.h>
#include <linux/utsname.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <time.h>
#include <utime.h>
#undef sa_handler
struct kernel_flock { short l_type, l_whence; long l_start, l_len; int l_pid; };
struct sched_parameter { int sched_priority; };
struct kernel_sigaction { void *sa_handler; unsigned long sa_flags; void *sa_restorer; unsigned long sa_mask; };
"""
IN_C = {
    "CloneArgs": (
        "struct clone_args",
        "flags pidfd child_tid parent_tid exit_signal stack stack_size tls set_tid cgroup",
    ),
    "EpollEvent": ("struct epoll_event", "events data"),
    "Flock": ("struct kernel_flock", "l_type l_whence l_start l_len l_pid"),
    "Iovec": ("struct iovec", "iov_base iov_len"),
    "Itimerspec": ("struct itimerspec", ""),
    "Itimerval": ("struct itimerval", ""),
    "Msghdr": ("struct msghdr", "msg_name msg_namelen msg_iov msg_iovlen msg_control msg_controllen msg_flags"),
    "OpenHow": ("struct open_how", "flags mode resolve"),
    "Pollfd": ("struct pollfd", "fd events revents"),
    "Rlimit": ("struct rlimit", "rlim_cur rlim_max"),
    "Rusage": ("struct rusage", "ru_maxrss ru_minflt ru_nvcsw ru_nivcsw"),
    "SchedParam": ("struct sched_parameter", "sched_priority"),
    "Sigaction": ("struct kernel_sigaction", "sa_handler sa_flags sa_restorer sa_mask"),
    "SigSet": ("unsigned long", ""),
    "StackT": ("stack_t", "ss_sp ss_flags ss_size"),
    "Stat": (
        "struct stat",
        "st_dev st_ino st_nlink st_mode st_uid st_gid st_rdev st_size st_blksize st_blocks st_atime st_mtime st_ctime",
    ),
    "Statfs": ("struct statfs", "f_type f_bsize f_blocks f_files f_fsid f_namelen f_frsize f_flags"),
    "Statx": (
        "struct statx",
        "stx_mask stx_blksize stx_attributes stx_nlink stx_mode stx_ino stx_size stx_attributes_mask stx_atime "
        "stx_btime stx_ctime stx_mtime stx_rdev_major stx_dev_minor stx_mnt_id",
    ),
    "Sysinfo": ("struct sysinfo", "uptime totalram procs totalhigh mem_unit"),
    "Termios": ("struct termios", "c_iflag c_oflag c_cflag c_lflag c_line c_cc"),
    "Timespec": ("struct timespec", "tv_sec tv_nsec"),
    "Timeval": ("struct timeval", "tv_sec tv_usec"),
    "Timezone": ("struct timezone", "tz_minuteswest tz_dsttime"),
    "Tms": ("struct tms", "tms_utime tms_stime tms_cutime tms_cstime"),
    "Utimbuf": ("struct utimbuf", "actime modtime"),
    "Utsname": ("struct new_utsname", "sysname nodename release version machine domainname"),
    "Winsize": ("struct winsize", "ws_row ws_col ws_xpixel ws_ypixel"),
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """Let C measure sizes and offsets."""
    asked = [
        (f"{name}.{field}", f"offsetof({c}, {field})") for name, (c, fields) in IN_C.items() for field in fields.split()
    ]
    asked += [(name, f"sizeof({c})") for name, (c, _) in IN_C.items()]
    body = "".join(f'printf("{label} %zu\\n", {expression});\n' for label, expression in asked)
    source: Path = tmp_path_factory.mktemp("structs") / "measure.c"
    source.write_text(f"{HEADERS}\nint main(void) {{\n{body}return 0;\n}}\n")
    subprocess.run(["gcc", "-o", source.with_suffix(""), source], check=True)
    output = subprocess.run([source.with_suffix("")], capture_output=True, text=True, check=True).stdout
    return {label: int(number) for label, number in (line.split() for line in output.splitlines())}


def offsets(layout: type[Packed]) -> dict[str, int]:
    """Return where each field begins, by finding the byte a value of 1 in that field sets."""
    found = {}
    blank = layout.from_bytes(bytes(layout.size))
    for field in layout.__match_args__:
        one: object = b"\1" if isinstance(getattr(blank, field), bytes) else 1
        values = {name: getattr(blank, name) for name in layout.__match_args__} | {field: one}
        found[field] = layout(**values).to_bytes().index(1)
    return found


def test_every_struct_is_measured() -> None:
    assert {layout.__name__ for layout in ALL} == IN_C.keys()


@needs("gcc")
@pytest.mark.parametrize("layout", ALL, ids=lambda layout: layout.__name__)
def test_size_and_offsets_are_those_of_c(layout: type[Packed], measured: dict[str, int]) -> None:
    name = layout.__name__
    assert layout.size == measured[name]
    assert layout.codec.size == layout.size
    ours = offsets(layout)
    named = IN_C[name][1].split()
    assert {field: ours[field] for field in named} == {field: measured[f"{name}.{field}"] for field in named}


@pytest.mark.parametrize("layout", ALL, ids=lambda layout: layout.__name__)
@given(data=st.data())
def test_any_bytes_make_a_value_that_makes_itself_again(layout: type[Packed], data: st.DataObject) -> None:
    raw = data.draw(st.binary(min_size=layout.size, max_size=layout.size + 4))
    value = layout.from_bytes(raw)
    assert layout.from_bytes(value.to_bytes()) == value
    assert len(value.to_bytes()) == layout.size


@pytest.mark.parametrize("layout", ALL, ids=lambda layout: layout.__name__)
def test_too_few_bytes_are_refused(layout: type[Packed]) -> None:
    with pytest.raises(ValueError, match=f"{layout.__name__} has {layout.size} bytes, not {layout.size - 1}"):
        layout.from_bytes(bytes(layout.size - 1))


@given(st.binary(max_size=140))
def test_any_bytes_are_a_socket_address_or_none(data: bytes) -> None:
    address = socket_address(data)
    assert (address is None) == (len(data) < 2)
    if address is not None:
        assert socket_address(address.to_bytes()) == address


def test_socket_addresses_by_family() -> None:
    assert socket_address(b"\1\0/run/x\0rest") == UnixAddress(b"/run/x")
    assert socket_address(b"\1\0\0abstract") == UnixAddress(b"\0abstract")
    assert (
        str(socket_address(b"\2\0\0\x50\x7f\0\0\1" + bytes(8)))
        == "InetAddress(port=80, address=IPv4Address('127.0.0.1'))"
    )
    assert isinstance(socket_address(b"\2\0\0\x50\x7f\0\0\1" + bytes(8)), InetAddress)
    assert isinstance(socket_address(b"\x0a\0" + bytes(26)), Inet6Address)
    assert socket_address(b"\x10\0" + bytes(2) + b"\7\0\0\0" + b"\1\0\0\0") == NetlinkAddress(7, 1)
    assert socket_address(b"\2\0\0\x50") == RawAddress(2, b"\0\x50")
