"""Memory of a real child process, with holes, protections and page borders where the test needs them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reverie import GuestGone
from reverie.backend import RemoteMemory
from reverie.testing import FakeMemory, Protection
from reverie_syscalls import Errno, MemoryFault, read_cstring

PAGE = 4096
BIG = 3 << 20
"""More than two of the chunks that RemoteMemory moves at a time."""

# The pages of the child: hole, writable, writable, hole, read-only, PROT_NONE, writable, hole, then BIG bytes
# that are writable, and a hole. Each holds bytes that tell where they are.
CHILD = f"""
import ctypes, sys
PAGE, BIG = {PAGE}, {BIG}
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
size = 9 * PAGE + BIG
base = libc.mmap(None, size, 3, 0x22, -1, 0)
pattern = b"".join(i.to_bytes(4, "little") for i in range(size // 4))
ctypes.memmove(base, pattern, size)
assert libc.mprotect(base + 4 * PAGE, PAGE, 1) == 0
assert libc.mprotect(base + 5 * PAGE, PAGE, 0) == 0
for start, length in ((0, PAGE), (3 * PAGE, PAGE), (7 * PAGE, PAGE), (8 * PAGE + BIG, PAGE)):
    assert libc.munmap(base + start, length) == 0
print(base, flush=True)
sys.stdin.read()
"""
READABLE = {1, 2, 4, 6}
WRITABLE = {1, 2, 6}


def pattern(start: int, length: int) -> bytes:
    """Return what the child wrote at an offset."""
    first = start // 4
    words = b"".join(i.to_bytes(4, "little") for i in range(first, (start + length) // 4 + 1))
    return words[start - 4 * first :][:length]


@dataclass
class Child:
    """The process, its memory as we see it, and where its pages begin."""

    pid: int
    memory: RemoteMemory
    base: int

    def peek(self, start: int, length: int) -> bytes:
        """Read by another way than the one under test; it respects no protection (proc_pid_mem(5))."""
        with Path(f"/proc/{self.pid}/mem").open("rb", buffering=0) as file:
            file.seek(self.base + start)
            return file.read(length)


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    process = subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    base = int(process.stdout.readline())
    yield Child(process.pid, RemoteMemory(process.pid), base)
    process.communicate()
    assert process.returncode == 0


# Reading


@pytest.mark.parametrize(
    ("start", "length"),
    [(PAGE, 1), (PAGE, 8), (PAGE + 1, 2 * PAGE - 1), (2 * PAGE - 1, 2), (3 * PAGE - 1, 1), (PAGE, 2 * PAGE)],
)
def test_what_is_mapped_is_read(child: Child, start: int, length: int) -> None:
    assert child.memory.read(child.base + start, length) == pattern(start, length)


@pytest.mark.parametrize("before", [0, 1, 7, 8, 9, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE])
def test_a_read_that_reaches_a_hole_is_cut_at_its_border(child: Child, before: int) -> None:
    start = 3 * PAGE - before
    for beyond in (1, 7, 8, PAGE, PAGE + 1, 3 * PAGE):
        assert child.memory.read_some(child.base + start, before + beyond) == pattern(start, before)
        with pytest.raises(MemoryFault) as caught:
            child.memory.read(child.base + start, before + beyond)
        assert (caught.value.address, caught.value.errno) == (child.base + 3 * PAGE, Errno.EFAULT)


@pytest.mark.parametrize("length", [1, 2, 4, 7, 8])
def test_a_short_read_just_before_a_hole_is_no_fault(child: Child, length: int) -> None:
    start = 3 * PAGE - length
    assert child.memory.read(child.base + start, length) == pattern(start, length)


def test_read_only_memory_is_read_and_forbidden_memory_is_not(child: Child) -> None:
    assert child.memory.read(child.base + 4 * PAGE, PAGE) == pattern(4 * PAGE, PAGE)
    assert child.memory.read_some(child.base + 5 * PAGE - 2, 4) == pattern(5 * PAGE - 2, 2)
    assert child.memory.read_some(child.base + 5 * PAGE, 1) == b""


def test_a_long_read_goes_on_over_its_chunks(child: Child) -> None:
    start = 8 * PAGE
    assert child.memory.read(child.base + start, BIG) == pattern(start, BIG)
    assert child.memory.read(child.base + start + 5, BIG - 5) == pattern(start + 5, BIG - 5)


def test_a_length_without_measure_is_cut_at_the_hole(child: Child) -> None:
    start = 8 * PAGE
    assert child.memory.read_some(child.base + start, 1 << 62) == pattern(start, BIG)
    with pytest.raises(MemoryFault) as caught:
        child.memory.read(child.base + start + 1, (1 << 63) - 1)
    assert caught.value.address == child.base + start + BIG


@pytest.mark.parametrize("length", [0, -1, -(1 << 63)])
def test_nothing_is_read_when_nothing_is_wanted(child: Child, length: int) -> None:
    assert child.memory.read(child.base, length) == b""
    assert child.memory.read_some(0, length) == b""


@pytest.mark.parametrize("address", [0, 1, PAGE - 1, -1, -PAGE, (1 << 63) + 8, (1 << 64) - 8, 1 << 64, 1 << 70])
def test_an_address_that_can_be_nobodys_is_a_fault(child: Child, address: int) -> None:
    for length in (1, 8, 16, PAGE):
        assert child.memory.read_some(address, length) == b""
        with pytest.raises(MemoryFault):
            child.memory.read(address, length)
        with pytest.raises(MemoryFault):
            child.memory.write(address, bytes(length))


def test_strings_are_read_to_their_end_at_a_page_border(child: Child) -> None:
    child.memory.write(child.base + 7 * PAGE - 4, b"end\0")
    assert read_cstring(child.memory, child.base + 7 * PAGE - 4) == (b"end", True)
    child.memory.write(child.base + 7 * PAGE - 4, b"more")
    with pytest.raises(MemoryFault):
        read_cstring(child.memory, child.base + 7 * PAGE - 4)


# Writing


@pytest.mark.parametrize("length", [1, 7, 8, 9, PAGE, PAGE + 1])
def test_what_is_written_is_there_and_nothing_else_changes(child: Child, length: int) -> None:
    start = 3 * PAGE - length
    before = child.peek(start - 8, 8)
    child.memory.write(child.base + start, b"\xa5" * length)
    assert child.peek(start - 8, length + 8) == before + b"\xa5" * length
    child.memory.write(child.base + start, pattern(start, length))


def test_a_write_that_reaches_a_hole_leaves_what_came_before(child: Child) -> None:
    start = 3 * PAGE - 5
    with pytest.raises(MemoryFault) as caught:
        child.memory.write(child.base + start, b"12345678")
    assert caught.value.address == child.base + 3 * PAGE
    assert child.peek(start, 5) == b"12345"
    child.memory.write(child.base + start, pattern(start, 5))


@pytest.mark.parametrize("page", [4, 5])
@pytest.mark.parametrize("length", [1, 8, PAGE])
def test_what_may_not_be_written_is_not(child: Child, page: int, length: int) -> None:
    before = child.peek(page * PAGE, length)
    with pytest.raises(MemoryFault) as caught:
        child.memory.write(child.base + page * PAGE, bytes(length))
    assert caught.value.address == child.base + page * PAGE
    assert child.peek(page * PAGE, length) == before


def test_a_long_write_goes_on_over_its_chunks(child: Child) -> None:
    start = 8 * PAGE + 3
    child.memory.write(child.base + start, bytes(BIG - 3))
    assert child.peek(8 * PAGE, BIG) == pattern(8 * PAGE, 3) + bytes(BIG - 3)
    child.memory.write(child.base + 8 * PAGE, pattern(8 * PAGE, BIG))


def test_writing_nothing_does_nothing(child: Child) -> None:
    child.memory.write(0, b"")


# As the fake


offsets = st.one_of(
    st.integers(0, 8 * PAGE),
    st.tuples(st.integers(0, 8), st.integers(-9, 9)).map(lambda at: max(0, at[0] * PAGE + at[1])),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(start=offsets, end=offsets)
@example(start=PAGE, end=3 * PAGE)
@example(start=PAGE - 1, end=PAGE + 1)
def test_it_reads_as_the_fake_does(child: Child, start: int, end: int) -> None:
    fake = FakeMemory()
    for page in range(8):
        if page in READABLE:
            fake.map(child.base + page * PAGE, PAGE)
            fake.write(child.base + page * PAGE, child.peek(page * PAGE, PAGE))
    length = min(end, 8 * PAGE) - start
    expected = fake.read_some(child.base + start, length)
    assert child.memory.read_some(child.base + start, length) == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(start=offsets, length=st.integers(0, 3 * PAGE))
def test_it_writes_as_far_as_the_fake_does(child: Child, start: int, length: int) -> None:
    length = max(0, min(length, 8 * PAGE - start))
    fake = FakeMemory()
    for page in range(8):
        allowed = Protection.READ | Protection.WRITE if page in WRITABLE else Protection(0)
        fake.map(child.base + page * PAGE, PAGE, allowed)
    faults: list[int | None] = []
    for memory in (fake, child.memory):
        try:
            memory.write(child.base + start, pattern(start, length))
            faults.append(None)
        except MemoryFault as fault:
            faults.append(fault.address)
    assert faults[0] == faults[1]


# A process that is gone


def gone(reaped: bool) -> tuple[subprocess.Popen[bytes], RemoteMemory]:
    process = subprocess.Popen(["sleep", "60"])
    process.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    if reaped:
        process.wait()
    return process, RemoteMemory(process.pid)


@pytest.mark.parametrize("reaped", [False, True], ids=["zombie", "reaped"])
def test_memory_of_a_process_that_is_gone_says_so(reaped: bool) -> None:
    process, memory = gone(reaped)
    try:
        with pytest.raises(GuestGone, match=f"thread {process.pid} is gone"):
            memory.read(0x40_0000, 8)
        with pytest.raises(GuestGone):
            memory.read_some(0x40_0000, 8)
        with pytest.raises(GuestGone):
            memory.write(0x40_0000, b"x")
    finally:
        process.wait()


def test_our_own_memory_is_readable_too() -> None:
    import ctypes

    buffer = ctypes.create_string_buffer(b"our own")
    assert RemoteMemory(os.getpid()).read(ctypes.addressof(buffer), 7) == b"our own"
