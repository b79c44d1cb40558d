"""COMMAND: what a handler wants done to its guest thread. Values; a backend carries them out its own way."""

from typing import Final

import msgspec

from reverie_syscalls import SigInfo, Signal, Syscall


class Proceed(msgspec.Struct, frozen=True):
    """Let the thread run on: the event asks for no answer, or the handler gave none."""


class Pass(msgspec.Struct, frozen=True):
    """Execute the intercepted call as it is; nobody wants to see its result."""


class Execute(msgspec.Struct, frozen=True):
    """Execute this call instead of the intercepted one; its result is the guest's."""

    call: Syscall


class Return(msgspec.Struct, frozen=True):
    """Give the guest this result, -4095..-1 for an errno. An intercepted call not yet executed is not."""

    value: int


class Deliver(msgspec.Struct, frozen=True):
    """Deliver this signal, or none."""

    signal: Signal | None
    siginfo: SigInfo | None = None
    """What is to come with it; None for what came, or what the kernel makes up for another signal."""


Command = Proceed | Pass | Execute | Return | Deliver

PROCEED: Final = Proceed()
PASS: Final = Pass()

__all__ = ["PASS", "PROCEED", "Command", "Deliver", "Execute", "Pass", "Proceed", "Return"]
