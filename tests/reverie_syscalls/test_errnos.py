"""What a raw result means."""

import errno
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reverie_syscalls import RESTART_CODES, Errno, SyscallError, describe, is_error, result_of


def test_numbers_are_those_of_the_c_library() -> None:
    assert {name: getattr(errno, name) for name in Errno.__members__ if hasattr(errno, name)} == {
        name: member.value for name, member in Errno.__members__.items() if hasattr(errno, name)
    }
    assert set(errno.errorcode) <= {member.value for member in Errno}


@given(st.integers(1, 4095))
def test_every_error_reads_the_same_signed_and_unsigned(number: int) -> None:
    for raw in (-number, 2**64 - number):
        found = result_of(raw)
        assert isinstance(found, Errno)
        assert found == number
        assert is_error(raw)


@given(st.one_of(st.integers(0, 2**63 - 1), st.integers(2**63, 2**64 - 4096)))
def test_everything_else_is_a_value(raw: int) -> None:
    found = result_of(raw)
    assert not isinstance(found, Errno)
    assert found % 2**64 == raw
    assert not is_error(raw)


def test_restart_codes_are_not_for_user_space() -> None:
    assert {code.value for code in RESTART_CODES} == {512, 513, 514, 516}
    assert describe(512) == "To be restarted if SA_RESTART is set"
    assert describe(2) == "No such file or directory"


def test_syscall_error_carries_its_errno_and_is_no_oserror() -> None:
    error = SyscallError(13)
    assert error.errno is Errno.EACCES
    assert not issubclass(SyscallError, OSError)
    assert str(error) == "EACCES (Permission denied)"
    assert pickle.loads(pickle.dumps(error)).errno is Errno.EACCES


def test_an_errno_nobody_has_named_travels_too() -> None:
    assert SyscallError(600).errno == 600
    assert Errno(600).name == "ERRNO_600"


@pytest.mark.parametrize("number", [0, -1, 4096])
def test_what_is_no_errno_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="not a valid Errno"):
        SyscallError(number)
