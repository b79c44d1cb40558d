"""Families are strace's classes."""

import subprocess
from pathlib import Path

import pytest

from reverie_syscalls import FAMILIES, Sysno, UnknownFamily, family
from tests.support.needs import needs

PROBE = r"""
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>
/* Make every system call there is, each refused by a filter, so that strace can tell which it would show. */
int main(void) {
  struct sock_filter filter[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[5])),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x5ecc1234, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 38),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  struct sock_fprog program = {4, filter};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, 2, &program)) return 1;
  for (long number = 0; number < 451; number++)
    if (number < 335 || number > 423) syscall(number, 0, 0, 0, 0, 0, 0x5ecc1234L);
  return 0;
}
"""


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("families")
    (folder / "probe.c").write_text(PROBE)
    subprocess.run(["gcc", "-o", folder / "probe", folder / "probe.c"], check=True)
    return folder / "probe"


def selected(name: str, probe: Path, folder: Path) -> set[str] | None:
    """Return the calls strace shows for a class, or None when this strace does not know it."""
    log = folder / "log"
    command = ["strace", "-o", str(log), "-e", f"trace={name}", str(probe)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        return None
    refused = [line for line in log.read_text().splitlines() if "ENOSYS" in line]
    return {line.partition("(")[0] for line in refused} & Sysno.__members__.keys()


@needs("gcc")
@needs("strace")
@pytest.mark.parametrize("name", sorted(FAMILIES.keys() - {"net"}))
def test_a_family_is_what_strace_selects(name: str, probe: Path, tmp_path: Path) -> None:
    theirs = selected("%%" + name[1:] if name.startswith("%") else f"%{name}", probe, tmp_path)
    if theirs is None:
        pytest.skip(f"needs a strace that knows %{name} and lets us trace: apt-get install strace")
    ours = {sysno.name for sysno in FAMILIES[name] if sysno < 451}
    assert ours == theirs


def test_a_family_by_name_with_and_without_percent_sign() -> None:
    assert Sysno.openat in family("file")
    assert family("%file") == family("file")
    assert family("net") == family("network")
    assert family("%stat") > family("stat")


def test_an_unknown_family_lists_those_there_are() -> None:
    with pytest.raises(UnknownFamily, match=r"unknown family of system calls 'flie'; there are: .*file.*network"):
        family("flie")
