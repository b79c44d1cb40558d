"""Constants have the values C gives them."""

import subprocess
from enum import IntEnum, IntFlag
from pathlib import Path

import pytest

from reverie_syscalls.args import flags, ioctl
from reverie_syscalls.args.ioctl import Direction, direction, size
from reverie_syscalls.args.members import member_or_int
from tests.support.needs import needs

ENUMS = [getattr(flags, name) for name in flags.__all__] + [ioctl.IoctlRequest]

HEADERS = """#define _GNU_SOURCE
#include <asm/prctl.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/magic.h>
#include <linux/membarrier.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>
"""

NOT_MEASURED = {"O_LARGEFILE", "TCGETS2", "TCSETS2", "FS_IOC_FIEMAP"}
"""glibc defines the first as 0 on 64-bit machines, where only the kernel uses the bit; the others are made
from the sizes of structs whose headers exclude glibc's."""


@pytest.fixture(scope="module")
def in_c(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """Return the value of every constant that these headers define as a macro."""
    names = sorted({name for enum in ENUMS for name in enum.__members__} - NOT_MEASURED)
    source: Path = tmp_path_factory.mktemp("flags") / "constants.c"
    lines = (f'#ifdef {name}\nprintf("{name} %lld\\n", (long long)({name}));\n#endif' for name in names)
    source.write_text(HEADERS + "int main(void) {\n" + "\n".join(lines) + "\nreturn 0;\n}\n")
    subprocess.run(["gcc", "-w", "-o", source.with_suffix(""), source], check=True)
    output = subprocess.run([source.with_suffix("")], capture_output=True, text=True, check=True).stdout
    return {name: int(number) for name, number in (line.split() for line in output.splitlines())}


@needs("gcc")
@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_values_are_those_of_c(enum: "type[IntEnum] | type[IntFlag]", in_c: dict[str, int]) -> None:
    known = {name: member.value for name, member in enum.__members__.items() if name in in_c}
    assert {name: value % 2**32 for name, value in known.items()} == {name: in_c[name] % 2**32 for name in known}


def test_flags_keep_bits_nobody_has_named() -> None:
    value = flags.OpenFlags(0x4000_0001)
    assert int(value) == 0x4000_0001
    assert flags.OpenFlags.O_WRONLY in value


def test_enums_keep_values_nobody_has_named() -> None:
    assert member_or_int(flags.Whence, 1) is flags.Whence.SEEK_CUR
    assert member_or_int(flags.Whence, 77) == 77


def test_an_ioctl_number_tells_direction_and_size() -> None:
    assert (direction(0x80045430), size(0x80045430)) == (Direction.READ, 4)  # TIOCGPTN
    assert (direction(0x40045431), size(0x40045431)) == (Direction.WRITE, 4)  # TIOCSPTLCK
    assert direction(0xC020660B) == Direction.READ | Direction.WRITE  # FS_IOC_FIEMAP
    assert (direction(0x5401), size(0x5401)) == (Direction.NONE, 0)  # TCGETS
