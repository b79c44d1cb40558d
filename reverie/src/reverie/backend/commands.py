"""COMMAND: what a handler wants done to its guest thread. Values; a backend carries them out its own way."""

from dataclasses import dataclass
from typing import Final

from reverie_syscalls import SigInfo, Signal, Syscall


@dataclass(frozen=True, slots=True)
class Proceed:
    """Let the thread run on: the event asks for no answer, or the handler gave none."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Execute the intercepted call as it is; nobody wants to see its result."""


@dataclass(frozen=True, slots=True)
class Execute:
    """Execute this call instead of the intercepted one; its result is the guest's."""

    call: Syscall


@dataclass(frozen=True, slots=True)
class Return:
    """Give the guest this result, -4095..-1 for an errno. An intercepted call not yet executed is not."""

    value: int


@dataclass(frozen=True, slots=True)
class Deliver:
    """Deliver this signal, or none."""

    signal: Signal | None
    siginfo: SigInfo | None = None
    """What is to come with it; None for what came, or what the kernel makes up for another signal."""


Command = Proceed | Pass | Execute | Return | Deliver

PROCEED: Final = Proceed()
PASS: Final = Pass()

__all__ = ["PASS", "PROCEED", "Command", "Deliver", "Execute", "Pass", "Proceed", "Return"]
