"""Reads stay within bounds, and never touch the page after the end of a string."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reverie_syscalls import Errno, MemoryFault, SyscallError, read_cstring
from reverie_syscalls.memory import read_words
from tests.reverie_syscalls.sparse import SparseMemory

PAGE = 0x10000


def test_a_string_at_the_end_of_the_last_readable_page_is_read() -> None:
    memory = SparseMemory({PAGE: bytes(4090) + b"hello\0"})
    assert read_cstring(memory, PAGE + 4090) == (b"hello", True)
    assert all(address + length <= PAGE + 4096 for address, length in memory.reads)


def test_a_string_over_a_page_border_is_read_in_two_steps() -> None:
    memory = SparseMemory({PAGE: bytes(4094) + b"hello\0" + bytes(100)})
    assert read_cstring(memory, PAGE + 4094) == (b"hello", True)
    assert memory.reads == [(PAGE + 4094, 2), (PAGE + 4096, 4094)]


def test_a_string_without_end_stops_at_the_limit() -> None:
    memory = SparseMemory({PAGE: b"x" * 100_000})
    assert read_cstring(memory, PAGE, 10) == (b"x" * 10, False)
    assert read_cstring(memory, PAGE) == (b"x" * 4096, False)


def test_a_string_that_runs_out_of_memory_faults_where_memory_ends() -> None:
    memory = SparseMemory({PAGE: b"abc"})
    with pytest.raises(MemoryFault) as caught:
        read_cstring(memory, PAGE)
    assert caught.value.address == PAGE + 3


@given(st.binary(max_size=300).filter(lambda data: 0 not in data), st.integers(0, 4095))
def test_any_string_at_any_place(data: bytes, offset: int) -> None:
    memory = SparseMemory({PAGE: bytes(offset) + data + b"\0"})
    assert read_cstring(memory, PAGE + offset) == (data, True)


@given(st.lists(st.integers(1, 2**64 - 1), max_size=40), st.integers(0, 4095))
def test_any_vector_at_any_place(addresses: list[int], offset: int) -> None:
    data = b"".join(address.to_bytes(8, "little") for address in [*addresses, 0])
    memory = SparseMemory({PAGE: bytes(offset) + data})
    assert read_words(memory, PAGE + offset, 1000) == (addresses, True)


def test_a_vector_without_end_stops_at_the_limit() -> None:
    memory = SparseMemory({PAGE: b"\1" * 8000})
    found, ended = read_words(memory, PAGE, 5)
    assert (len(found), ended) == (5, False)


def test_a_fault_is_the_guests_efault() -> None:
    fault = MemoryFault(0x1234)
    assert isinstance(fault, SyscallError)
    assert fault.errno is Errno.EFAULT
    assert "0x1234" in str(fault)
    assert pickle.loads(pickle.dumps(fault)).address == 0x1234
