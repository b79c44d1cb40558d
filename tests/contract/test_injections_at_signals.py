"""A call that is injected where a signal stopped the guest leaves alone what the guest was just doing."""

import subprocess
from typing import Any

import pytest

from reverie import Guest, Tool
from reverie.syscalls import Getpid, Gettid, Signal
from tests.contract.conftest import Trace
from tests.support.compile import CompileGuest

CANNOT = 77
NEEDS = {
    "rseq_signal": "needs a C library that registers restartable sequences: glibc 2.35 or later",
    "user_dispatch": "needs a kernel with syscall user dispatch: CONFIG_GENERIC_ENTRY, Linux 5.11 or later",
}


class InjectsAtSignals(Tool[Any, None]):
    """Injects two calls at every signal, and lets it be delivered."""

    async def handle_signal_event(self, guest: Guest[Any, None], signal: Signal) -> Signal | None:
        assert await guest.inject(Gettid()) == guest.tid
        assert await guest.inject(Getpid()) == guest.pid
        return signal


@pytest.mark.parametrize("name", NEEDS)
def test_a_guest_finds_the_same_as_without_an_injection(name: str, trace: Trace, guest: CompileGuest) -> None:
    program = guest(name)
    if (alone := subprocess.run([program]).returncode) == CANNOT:
        pytest.skip(NEEDS[name])
    assert alone == 0
    assert str(trace(InjectsAtSignals, [program]).status) == "exited with 0"
