"""The family of errors: what a caller may catch, and what must never be caught by mistake."""

import pytest

from reverie import errors
from reverie.errors import ReverieError

OURS = [error for name in errors.__all__ if (error := getattr(errors, name)).__module__ == errors.__name__]


@pytest.mark.parametrize("error", OURS, ids=lambda error: error.__name__)
def test_all_of_ours_are_reverie_errors(error: type[Exception]) -> None:
    assert issubclass(error, ReverieError)


@pytest.mark.parametrize("error", [*OURS, errors.SyscallError, errors.MemoryFault], ids=lambda error: error.__name__)
def test_none_is_an_os_error_by_mistake(error: type[Exception]) -> None:
    # TimeoutError is one, and RunTimeout is a TimeoutError so that `except TimeoutError` works.
    assert issubclass(error, OSError) == (error is errors.RunTimeout)


def test_a_guests_failed_call_is_no_reverie_error() -> None:
    assert not issubclass(errors.SyscallError, ReverieError)
    assert issubclass(errors.MemoryFault, errors.SyscallError)


def test_whose_fault_a_message_was_can_be_told_or_not() -> None:
    assert issubclass(errors.LocalProtocolError, errors.ProtocolError)
    assert issubclass(errors.RemoteProtocolError, errors.ProtocolError)
    assert not issubclass(errors.RemoteError, errors.ProtocolError)


def test_a_timeout_keeps_its_text() -> None:
    assert str(errors.RunTimeout("took longer than 3 s")) == "took longer than 3 s"
