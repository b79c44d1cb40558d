"""Calls as JSON: the documented forms, and no way for a guest to break them."""

import json
import struct

import pytest
from hypothesis import given, settings

from reverie_syscalls import Openat, Read, Words, decode, to_json
from reverie_syscalls._generated.calls import CALLS
from reverie_syscalls.sysno import Sysno
from tests.reverie_syscalls.sparse import SparseMemory
from tests.reverie_syscalls.strategies import memories, raws, words


def test_an_open_with_its_flags() -> None:
    memory = SparseMemory({0x1000: b"/etc/passwd\0"})
    assert to_json(Openat(-100, 0x1000, 0o2000001), memory, 3) == {
        "name": "openat",
        "number": 257,
        "args": {
            "dirfd": -100,
            "path": "/etc/passwd",
            "flags": {"names": ["O_WRONLY", "O_CLOEXEC"], "value": 0o2000001},
        },
        "result": 3,
        "error": None,
    }


def test_a_failed_call_has_its_error_and_pointers_for_what_was_not_filled() -> None:
    form = to_json(Read(3, 0x1000, 10), SparseMemory({0x1000: bytes(10)}), 2**64 - 9)
    assert form["args"] == {"fd": 3, "buf": {"address": 0x1000}, "len": 10}
    assert (form["result"], form["error"]) == (-9, "EBADF")
    assert to_json(Read(3, 0, 10), SparseMemory(), None)["result"] is None


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b"text", "text"),
        (b"\xff\0", {"bytes": "ff00"}),
        (b"x" * 5000, {"prefix": "x" * 4096, "length": 5000}),
    ],
)
def test_buffers(data: bytes, form: object) -> None:
    memory = SparseMemory({0x1000: data})
    args = to_json(Read(3, 0x1000, 1 << 20), memory, len(data))["args"]
    assert isinstance(args, dict)
    assert args["buf"] == form


def test_structs_enums_and_vectors() -> None:
    memory = SparseMemory({0x1000: struct.pack("<qq", 5, 7), 0x2000: struct.pack("<QQ", 0x3000, 0), 0x3000: b"ls\0"})
    clock = to_json(decode(Sysno.clock_gettime, (99, 0x1000, 0, 0, 0, 0)), memory, 0)
    assert clock["args"] == {"clockid": {"name": None, "value": 99}, "tp": {"tv_sec": 5, "tv_nsec": 7}}
    execve = to_json(decode(Sysno.execve, (0x3000, 0x2000, 0, 0, 0, 0)), memory, None)
    assert execve["args"] == {"path": "ls", "argv": ["ls"], "envp": None}
    kill = to_json(decode(Sysno.kill, (2**64 - 1, 9, 0, 0, 0, 0)), memory, 0)
    assert kill["args"] == {"pid": -1, "sig": {"name": "SIGKILL", "value": 9}}


def test_what_is_left_of_a_sleep_is_there_once_a_signal_interrupts_it() -> None:
    memory = SparseMemory({0x1000: struct.pack("<qqqq", 5, 0, 2, 7)})
    sleep = decode(Sysno.nanosleep, (0x1000, 0x1010, 0, 0, 0, 0))
    slept, interrupted = (to_json(sleep, memory, raw)["args"] for raw in (0, -516))
    assert slept == {"req": {"tv_sec": 5, "tv_nsec": 0}, "rem": {"address": 0x1010}}
    assert interrupted == {"req": {"tv_sec": 5, "tv_nsec": 0}, "rem": {"tv_sec": 2, "tv_nsec": 7}}


def test_a_socket_address() -> None:
    memory = SparseMemory({0x1000: b"\2\0\0\x50\x7f\0\0\1" + bytes(8)})
    form = to_json(decode(Sysno.connect, (3, 0x1000, 16, 0, 0, 0)), memory, 0)
    assert form["args"] == {
        "sockfd": 3,
        "addr": {"family": "AF_INET", "port": 80, "address": "127.0.0.1"},
        "addrlen": 16,
    }


def test_an_undescribed_call_has_its_words() -> None:
    form = to_json(decode(500, (1, 2, 3, 4, 5, 6)), SparseMemory(), 0)
    assert form["args"] == {f"arg{index}": index + 1 for index in range(6)}
    assert form["name"] == "syscall_0x1f4"


@pytest.mark.parametrize("number", [*(call.number for call in CALLS), 500], ids=str)
@settings(max_examples=15, deadline=None)
@given(six=words, memory=memories(), raw=raws)
def test_json_never_fails_and_stays_bounded(number: int, six: Words, memory: SparseMemory, raw: int | None) -> None:
    text = json.dumps(to_json(decode(number, six), memory, raw))
    assert json.loads(text)["number"] == number
    assert len(text) < 4 << 20
