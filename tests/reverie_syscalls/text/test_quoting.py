"""Strings are escaped and cut as strace does it."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reverie_syscalls.text.quoting import quote


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", '""'),
        (b"plain", '"plain"'),
        (b'a"b\\c', r'"a\"b\\c"'),
        (b"\t\n\v\f\r", r'"\t\n\v\f\r"'),
        (b"\0", r'"\0"'),
        (b"\x7fELF\2\1\1", r'"\177ELF\2\1\1"'),
        (b"\0\x0010t", r'"\0\00010t"'),
        (b"\x018\x019", r'"\18\19"'),
        (b"\x017", r'"\0017"'),
        ("é".encode(), r'"\303\251"'),
    ],
)
def test_escapes(data: bytes, text: str) -> None:
    assert quote(data) == text


def test_cut_at_the_limit() -> None:
    assert quote(b"abcdef", 3) == '"abc"...'
    assert quote(b"abc", 3) == '"abc"'
    assert quote(b"abc", 3, more=True) == '"abc"...'
    assert quote(b"\0a", hexadecimal=True) == r'"\x00\x61"'


@given(st.binary())
def test_what_is_quoted_can_be_read_back(data: bytes) -> None:
    assert ast.literal_eval("b" + quote(data)) == data
