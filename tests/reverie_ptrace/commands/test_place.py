"""Where an injected call can be issued from, and what is said of a thread that is gone."""

import os

import pytest

from reverie import GuestGone
from reverie_process import Tid
from reverie_ptrace.commands.place import read_auxv

NOBODY = Tid(2**31 - 2)


def test_the_auxiliary_vector_of_a_thread_is_read() -> None:
    assert read_auxv(Tid(os.getpid())).random is not None


def test_the_auxiliary_vector_of_a_thread_that_is_gone_is_guest_gone() -> None:
    with pytest.raises(GuestGone, match=f"thread {NOBODY} is gone"):
        read_auxv(NOBODY)
