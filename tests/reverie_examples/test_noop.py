"""`reverie noop` changes nothing: not the output, the environment, the descriptors, the signals or the end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reverie_examples.running import REVERIE, finish, reverie, the_one_line

SUBSCRIPTIONS = ("none", "syscalls", "all")

LOOK_AROUND = """
import os, resource, signal, sys
status = open("/proc/self/status").read().splitlines()
print([line for line in status if line.startswith(("SigBlk", "SigIgn", "SigCgt", "Groups", "Uid", "Umask"))])
print(sorted(os.environb.items()))
print(os.getcwd(), os.getsid(0), os.getpgrp(), os.nice(0), os.sched_getaffinity(0))
print([resource.getrlimit(n) for n in range(16)])
print({fd: os.readlink(f"/proc/self/fd/{fd}") for fd in range(20) if os.path.exists(f"/proc/self/fd/{fd}")})
print(sys.argv)
"""


@pytest.mark.parametrize("subscription", SUBSCRIPTIONS)
def test_it_says_nothing_and_ends_as_the_command_did(subscription: str) -> None:
    run = finish([*_noop(subscription), "sh", "-c", "echo out; echo err >&2; exit 9"])
    assert (run.returncode, run.stdout, run.stderr) == (9, b"out\n", b"err\n")


def test_none_is_the_default() -> None:
    assert b"[default: none]" in reverie("noop", "--help").stdout


@pytest.mark.parametrize("subscription", SUBSCRIPTIONS)
def test_the_command_finds_the_same_surroundings(subscription: str, tmp_path: Path) -> None:
    # One file for each of the streams, so that both runs have the same ones.
    words = [sys.executable, "-I", "-c", LOOK_AROUND, "a", ""]
    results = []
    for prefix in ([], _noop(subscription)):
        with (tmp_path / "out").open("w+b") as out:
            subprocess.run([*prefix, *words], stdin=out, stdout=out, stderr=subprocess.STDOUT, check=True, timeout=50)
            out.seek(0)
            results.append(out.read().decode().splitlines())
    assert results[1] == results[0]


def _noop(subscription: str) -> list[str]:
    # Without the warning of "all", which has a test of its own.
    return [REVERIE, "--log-level", "error", "noop", "--subscribe", subscription]


def test_who_subscribes_to_instructions_is_warned_that_nothing_traps_them() -> None:
    run = reverie("noop", "--subscribe", "all", "true")
    assert run.returncode == 0
    assert "CPUID and RDTSC are not trapped yet" in the_one_line(run)


def test_an_empty_environment_stays_empty() -> None:
    """Python itself adds LC_CTYPE to its environment in the C locale (PEP 538); that is not for the command."""
    run = reverie("noop", "/usr/bin/env", env={})
    assert (run.returncode, run.stdout) == (0, b"")


def test_a_c_locale_is_handed_on_as_it_is() -> None:
    environment = {"PATH": os.environ["PATH"], "LANG": "C"}
    assert reverie("noop", "env", env=environment).stdout == finish(["env"], env=environment).stdout


def test_an_inherited_descriptor_reaches_the_command() -> None:
    reading, writing = os.pipe()
    try:
        run = reverie("noop", "bash", "-c", f"echo through >&{writing}", pass_fds=(writing,))
        assert run.returncode == 0, run.stderr
        assert os.read(reading, 100) == b"through\n"
    finally:
        os.close(reading)
        os.close(writing)


def test_a_subscription_that_does_not_exist_is_refused_with_those_that_do() -> None:
    run = reverie("noop", "--subscribe", "syscals", "true")
    assert run.returncode == 2
    line = the_one_line(run)
    assert "'syscals'" in line
    for name in SUBSCRIPTIONS:
        assert f"'{name}'" in line
