"""What we know of one tracee. No behaviour: the rooms of the five stages act on it."""

from collections import deque

import anyio
import msgspec

from reverie.backend import Thread
from reverie_process import Tid
from reverie_ptrace.kernel.registers import RegisterBuffer
from reverie_ptrace.stopped import Stopped
from reverie_ptrace.stops.mailbox import Mailbox
from reverie_ptrace.stops.status import Stop
from reverie_syscalls import Syscall


class HeldSignal(msgspec.Struct, frozen=True):
    """A signal taken out of the kernel's hands, to be sent again with what came with it."""

    signo: int
    siginfo: bytes
    offered: bool
    """Whether the tool has been asked about it already."""


class BorrowedMemory(msgspec.Struct, frozen=True):
    """What lay where we have put something for the kernel to read."""

    address: int
    data: bytes
    shared: bool
    """A child has no copy of it, but the same."""


class Tracee(msgspec.Struct, eq=False):
    """One thread under ptrace."""

    tid: Tid
    mailbox: Mailbox
    stopped: Stopped
    thread: Thread | None
    """The tool's state; None when making it failed and the run is being ended."""

    scope: anyio.CancelScope | None = None
    """Around everything that a handler may wait for."""
    handler_over: bool = False
    """The thread went on without the handler that it was injected into: it exec'ed."""
    dying: bool = False
    """Its exit stop was seen: nothing can be asked of it any more."""
    exit_word: int = 0
    """For a leader that ends before other threads: the wait status that its exit stop told. An exec's victim has 0."""

    follows_calls: bool = False
    """No filter says which calls stop: each does, at its entry and at its exit."""
    dropped: bool = False
    """Its handler was dropped because the tracee is to be left to itself."""

    stop: Stop | None = None
    """The stop it is in now; an injection moves it on to later ones."""
    first_stop_seen: bool = False
    launching: bool = False
    """The root, between its fork and its first execve: what it calls is our own set-up."""
    leaving_exec: bool = False
    """It is on its way from the exec stop to the exit from the call."""
    runs_function: bool = False
    """The root, when it is a Python function: no execve ends its launch."""
    executed: bool = False
    """It has exec'ed at least once under us."""

    registers: RegisterBuffer = msgspec.field(default_factory=RegisterBuffer)
    """What the guest is to have when it runs on, once ``registers_known``."""
    registers_known: bool = False
    registers_changed: bool = False
    """The kernel has others than ``registers``: they are stored before it runs on."""
    displaced: bool = False
    """An injected call runs on registers of its own, which a child would be born with."""
    inherited: bytes | None = None
    """For a child born of an injected call: its parent's own registers."""

    call: Syscall | None = None
    """The intercepted call."""
    asks_untraced: bool = False
    """``call`` asks for a child that nobody traces, and is not to get it."""
    made_instead: Syscall | None = None
    """What the kernel has seen in place of ``call``, unknown to tool and guest."""
    borrowed: BorrowedMemory | None = None
    by_vsyscall: bool = False
    """``call`` was made by the vsyscall page."""
    tail_allowed: bool = False
    """Its handler may end by executing a call."""
    pending: bool = False
    """``call`` has not been executed yet."""
    foreign: bool = False
    """``call`` was made in another architecture's or number space's way."""
    made: bool = False
    """``call`` has been executed, and its result is in the registers."""
    interrupted: bool = False
    """The kernel itself gave a restart code, so it will act on one."""

    mask_lent_by: int | None = None
    """The result of an interrupted call whose own signal mask holds until the signal is delivered."""

    siginfo: bytes | None = None
    """What came with the signal that it is stopped by."""
    moved: bool = False
    """An injection has moved it on from the stop that its handler was called for."""
    signal_mask: int = 0
    """Its blocked signals, as they were at the last injection."""
    held: deque[HeldSignal] = msgspec.field(default_factory=deque)
    """Signals that came while an injected call was under way."""
    sent_again: list[HeldSignal] = msgspec.field(default_factory=list)
    """Held signals that we have sent again and that have not arrived yet."""
    vdso_syscall: int | None = None
    """The address of a syscall instruction in its vDSO, once looked up."""


__all__ = ["BorrowedMemory", "HeldSignal", "Tracee"]
