"""A system call in the registers of each architecture: made another, issued, skipped, issued again."""

from types import ModuleType

import pytest

from reverie import ReverieError
from reverie.arch import aarch64, x86_64
from reverie_syscalls import Sysno

PLACE = 0x7000_1000
CALL = (1, 2, 3, 4, 5, 6)

pytestmark = pytest.mark.parametrize("arch", [x86_64, aarch64], ids=["x86_64", "aarch64"])


def at_a_call(arch: ModuleType) -> memoryview:
    """Return registers that are all different, of a thread that has entered the kernel with getppid."""
    words = memoryview(bytearray(arch.SIZE_BYTES)).cast("Q")
    for index in range(len(words)):
        words[index] = 0x1000 + index
    words[arch.NUMBER] = arch.to_kernel(Sysno.getppid)
    return words


def test_a_module_has_the_vocabulary_of_the_other(arch: ModuleType) -> None:
    shared = set(x86_64.__all__) & set(aarch64.__all__)
    assert shared >= {"ARGUMENTS", "AUDIT_ARCH", "BORN_WITH", "NUMBER", "PC", "RESULT", "SP", "change_call"}
    assert all(hasattr(arch, name) for name in shared)


def test_a_changed_call_leaves_everything_else(arch: ModuleType) -> None:
    words, before = at_a_call(arch), at_a_call(arch)
    arch.change_call(words, arch.to_kernel(Sysno.openat), CALL)
    assert tuple(words[index] for index in arch.ARGUMENTS) == CALL
    assert words[arch.NUMBER] == arch.to_kernel(Sysno.openat)
    changed = {index for index in range(len(words)) if words[index] != before[index]}
    assert changed - {arch.NUMBER, *arch.ARGUMENTS} <= ({aarch64.X8} if arch is aarch64 else set())


def test_a_call_is_issued_from_the_place_and_is_in_no_call_before(arch: ModuleType) -> None:
    words = at_a_call(arch)
    arch.issue_call(words, arch.to_kernel(Sysno.openat), CALL, PLACE)
    assert tuple(words[index] for index in arch.ARGUMENTS) == CALL
    assert (words[arch.PC], words[arch.NUMBER]) == (PLACE, arch.NO_SYSCALL)
    carrier = aarch64.X8 if arch is aarch64 else x86_64.RAX
    assert words[carrier] == arch.to_kernel(Sysno.openat)
    assert words[arch.SP] == at_a_call(arch)[arch.SP]


def test_a_skipped_call_has_its_result_and_no_number(arch: ModuleType) -> None:
    words = at_a_call(arch)
    arch.skip_call(words, 42)
    assert (words[arch.RESULT], words[arch.NUMBER]) == (42, arch.NO_SYSCALL)
    assert words[arch.PC] == at_a_call(arch)[arch.PC]


def test_a_call_that_is_issued_again_stands_before_its_instruction_with_its_arguments(arch: ModuleType) -> None:
    words, before = at_a_call(arch), at_a_call(arch)
    first = before[arch.ARGUMENTS[0]]
    words[arch.RESULT] = (-512) & arch.NO_SYSCALL  # on aarch64 this is where the first argument was
    arch.issue_again(words, arch.to_kernel(Sysno.getppid), first)
    assert words[arch.PC] == before[arch.PC] - len(arch.SYSCALL_INSTRUCTION)
    assert [words[index] for index in arch.ARGUMENTS] == [before[index] for index in arch.ARGUMENTS]
    assert words[arch.NUMBER] == arch.NO_SYSCALL


def test_a_child_is_born_with_its_parent_s_call_but_for_result_and_stack(arch: ModuleType) -> None:
    assert {arch.PC, arch.NUMBER} <= set(arch.BORN_WITH)
    assert not {arch.RESULT, arch.SP} & set(arch.BORN_WITH)
    assert set(arch.ARGUMENTS) - {arch.RESULT} <= set(arch.BORN_WITH)


def test_the_kernel_s_number_and_the_call_s_name_are_found_from_each_other(arch: ModuleType) -> None:
    for sysno, number in arch.KERNEL_NUMBERS.items():
        assert arch.to_kernel(sysno) == number
        assert arch.from_kernel(number) == sysno


def test_a_number_that_has_no_name_yet_survives_the_way_there_and_back(arch: ModuleType) -> None:
    assert arch.to_kernel(arch.from_kernel(999)) == 999
    assert arch.from_kernel(999) not in set(Sysno)


def test_a_call_that_the_architecture_lacks_is_refused_by_name(arch: ModuleType) -> None:
    if arch is x86_64:
        assert arch.to_kernel(Sysno.open) == Sysno.open
        return
    with pytest.raises(ReverieError, match="no system call open:"):
        arch.to_kernel(Sysno.open)


def test_registers_are_known_by_name_and_by_what_every_architecture_has(arch: ModuleType) -> None:
    registers = arch.Registers(at_a_call(arch).tobytes())
    assert (registers.pc, registers.sp) == (registers.words[arch.PC], registers.words[arch.SP])
    registers[arch.NAMES[3]] = -1
    assert registers.words[3] == (1 << 64) - 1
    assert registers != registers.copy().__class__()
    assert registers == registers.copy()
    with pytest.raises(KeyError, match="there is no register 'r99'"):
        registers["r99"]
