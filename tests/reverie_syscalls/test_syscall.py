"""A call is a value: words in, words out, and nothing changes it."""

import pickle

import pytest
from hypothesis import given, settings

from reverie_syscalls import Openat, Read, Syscall, Sysno, Unknown, Words, decode
from reverie_syscalls._generated.calls import CALLS
from tests.reverie_syscalls.strategies import words

NAMES = [call.name for call in CALLS]

few = settings(max_examples=15, deadline=None)  # for each of over 200 classes


@pytest.mark.parametrize("call", CALLS, ids=NAMES)
@few
@given(words)
def test_words_survive_unchanged(call: type[Syscall], six: Words) -> None:
    made = call.from_words(six)
    assert made.words == six
    assert decode(call.number, six) == made
    assert type(decode(call.number, six)) is call
    assert pickle.loads(pickle.dumps(made)) == made


@pytest.mark.parametrize("call", CALLS, ids=NAMES)
@few
@given(words)
def test_every_argument_reads_without_error(call: type[Syscall], six: Words) -> None:
    made = call.from_words(six)
    for parameter in call.signature:
        value = getattr(made, parameter.name)
        if value is not None:  # an absent optional argument
            again = made.replace(**{parameter.name: value})  # type: ignore[attr-defined]
            assert getattr(again, parameter.name) == value


@pytest.mark.parametrize("call", CALLS, ids=NAMES)
@few
@given(words)
def test_constructor_and_replace_agree_on_the_arguments(call: type[Syscall], six: Words) -> None:
    count = len(call.signature)
    names = [parameter.name for parameter in call.signature]
    built = call(*six[:count])
    assert built.words == six[:count] + (0,) * (6 - count)
    replaced = call.from_words((0,) * 6).replace(**dict(zip(names, six[:count], strict=True)))  # type: ignore[attr-defined]
    assert replaced == built
    assert call.__match_args__ == tuple(names)  # type: ignore[attr-defined]


def test_replace_changes_one_argument_and_keeps_unused_words() -> None:
    call = Read.from_words((3, 0x1000, 4096, 7, 8, 9))
    shorter = call.replace(len=1)
    assert shorter.words == (3, 0x1000, 1, 7, 8, 9)
    assert call.len == 4096


def test_match_by_class_and_argument() -> None:
    match decode(0, (3, 0x1000, 4096, 0, 0, 0)):
        case Read(fd=fd, len=length) if length > 1:
            assert (fd, length) == (3, 4096)
        case _:
            pytest.fail("a read is not matched")


def test_negative_values_become_words_and_come_back() -> None:
    call = Openat(-100, 0x1000, 0)
    assert call.words[0] == 2**64 - 100
    assert call.dirfd == -100


def test_mode_is_there_only_for_flags_that_create() -> None:
    create, tmpfile, directory = 0o100, 0o20200000, 0o200000
    assert Openat(-100, 0, create, 0o644).mode == 0o644
    assert Openat(-100, 0, tmpfile, 0o600).mode == 0o600
    assert Openat(-100, 0, directory, 0o600).mode is None


@pytest.mark.parametrize("name", ["words", "fd", "number", "new_name"])
def test_a_call_cannot_be_changed(name: str) -> None:
    call = Read(3, 0x1000, 1)
    with pytest.raises(AttributeError, match="immutable"):
        setattr(call, name, 1)
    with pytest.raises(AttributeError, match="immutable"):
        delattr(call, name)
    assert call == Read(3, 0x1000, 1)


def test_equality_needs_the_same_call_and_the_same_words() -> None:
    assert Read(1, 2, 3) == Read(1, 2, 3)
    assert hash(Read(1, 2, 3)) == hash(Read(1, 2, 3))
    assert Read(1, 2, 3) != Read(1, 2, 4)
    assert Read(1, 2, 3) != decode(1, (1, 2, 3, 0, 0, 0))
    assert Read(1, 2, 3) != (1, 2, 3)


def test_repr_names_the_arguments() -> None:
    assert repr(Openat(-100, 0x7FFE_0000, 0)) == "Openat(dirfd=-100, path=0x7ffe0000, flags=0x0, mode=0)"


def test_an_undescribed_call_is_unknown_by_class_only() -> None:
    call = decode(Sysno.keyctl, (1, 2, 3, 4, 5, 6))
    assert isinstance(call, Unknown)
    assert (call.sysno, call.number, call.name) == (Sysno.keyctl, 250, "keyctl")
    assert call.words == (1, 2, 3, 4, 5, 6)


@given(words)
def test_a_number_nobody_has_taken_travels_too(six: Words) -> None:
    call = decode(0x1D9, six)
    assert isinstance(call, Unknown)
    assert (call.sysno, call.number, call.name, call.words) == (None, 0x1D9, "syscall_0x1d9", six)
    assert pickle.loads(pickle.dumps(call)) == call


def test_a_call_of_another_abi_has_none_of_our_names() -> None:
    write = Unknown(4, (1,), abi="i386")  # by x86-64's numbers it would be stat
    assert (write.sysno, write.name) == (None, "syscall_0x4")


def test_unknown_replaces_words_and_number() -> None:
    call = Unknown(500, (1, 2, -3))
    assert call.words == (1, 2, 2**64 - 3, 0, 0, 0)
    assert call.replace(words=(9,)) == Unknown(500, (9,))
    assert call.replace(number=501) == Unknown(501, call.words)
    with pytest.raises(AttributeError):
        call.number = 3
    with pytest.raises(TypeError, match="needs a number"):
        Unknown.from_words((0,) * 6)
    with pytest.raises(ValueError, match="at most 6"):
        Unknown(1, (0,) * 7)
