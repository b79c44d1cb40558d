"""The register sets of aarch64, against a kernel that is not there."""

import ctypes
import errno

import pytest

from reverie.arch import aarch64
from reverie_process import Tid
from reverie_ptrace.kernel import register_sets
from reverie_ptrace.kernel.layouts import NT_ARM_SYSTEM_CALL, NT_PRSTATUS
from reverie_ptrace.kernel.register_sets import RegisterSets

TID = Tid(7)


class Kernel:
    """Has one thread's register sets, as bytes."""

    def __init__(self) -> None:
        self.sets = {
            NT_PRSTATUS: bytes(range(256)) + bytes(16),
            NT_ARM_SYSTEM_CALL: (173).to_bytes(4, "little"),
        }

    def get(self, tid: Tid, kind: int, address: int, length: int) -> int:
        self._check(tid)
        data = self.sets[kind][:length]
        ctypes.memmove(address, data, len(data))
        return len(data)

    def set(self, tid: Tid, kind: int, address: int, length: int) -> None:
        self._check(tid)
        assert length == len(self.sets[kind])
        self.sets[kind] = ctypes.string_at(address, length)

    def _check(self, tid: Tid) -> None:
        if tid != TID:
            raise ProcessLookupError(errno.ESRCH, "No such process")


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    kernel = Kernel()
    monkeypatch.setattr(register_sets, "getregset", kernel.get)
    monkeypatch.setattr(register_sets, "setregset", kernel.set)
    return kernel


def test_both_sets_are_read_into_one(kernel: Kernel) -> None:
    registers = RegisterSets()
    registers.load(TID)
    assert registers.words.tobytes()[: aarch64.GENERAL_BYTES] == kernel.sets[NT_PRSTATUS]
    assert registers.words[aarch64.NUMBER] == 173


def test_no_call_is_read_as_such_and_written_as_the_kernel_s_minus_one(kernel: Kernel) -> None:
    kernel.sets[NT_ARM_SYSTEM_CALL] = b"\xff" * 4
    registers = RegisterSets()
    registers.load(TID)
    assert registers.words[aarch64.NUMBER] == aarch64.NO_SYSCALL
    kernel.sets[NT_ARM_SYSTEM_CALL] = b"\0" * 4
    registers.store(TID)
    assert kernel.sets[NT_ARM_SYSTEM_CALL] == b"\xff" * 4


def test_a_skipped_call_reaches_both_sets(kernel: Kernel) -> None:
    registers = RegisterSets()
    registers.load(TID)
    aarch64.skip_call(registers.words, 5)
    registers.store(TID)
    assert int.from_bytes(kernel.sets[NT_PRSTATUS][:8], "little") == 5
    assert kernel.sets[NT_ARM_SYSTEM_CALL] == b"\xff" * 4


@pytest.mark.usefixtures("kernel")
def test_a_thread_that_is_gone_is_esrch() -> None:
    with pytest.raises(ProcessLookupError):
        RegisterSets().load(Tid(8))
