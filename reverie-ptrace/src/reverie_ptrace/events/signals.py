"""EVENT: signal-delivery-stops; and signals held back while an injected call is under way.

A held signal is sent again, to the same thread, before the injected call begins or when
the handler has finished, and stops it anew; then its own siginfo is put back. So a tool is asked about every signal,
once, and the guest sees what the kernel would have shown it.
"""

import os
import signal
import struct
from typing import Final

from reverie.events import SignalReceived
from reverie_process.libc import tgkill
from reverie_ptrace.proc_status import status_fields
from reverie_ptrace.tracee import HeldSignal, Tracee
from reverie_syscalls import Signal

_CODE_AND_PID: Final = struct.Struct("=8xi4xi")
"""si_code and si_pid, asm-generic/siginfo.h."""
_STOPS: Final = frozenset({signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU})
_JOB_CONTROL: Final = _STOPS | {signal.SIGCONT}
_SI_TKILL: Final = -6
_OUTSIDE: Final = 0
"""si_pid of a sender outside the receiver's pid namespace; pid_namespaces(7)."""


def interpret_signal(tracee: Tracee, signo: int) -> SignalReceived | None:
    """Return the event, or None when the tool has been asked about this signal before."""
    tracee.siginfo = tracee.stopped.siginfo()
    again = _sent_by_us(tracee, signo, tracee.siginfo)
    if again is not None:
        tracee.stopped.set_siginfo(again.siginfo)
        tracee.siginfo = again.siginfo
        if again.offered:
            tracee.siginfo = None  # it was asked about, and sent again in its order
            return None
    return SignalReceived(Signal(signo))


def replace_siginfo(tracee: Tracee, info: bytes) -> None:
    """Let the signal that is delivered come with this; it is kept for sending it again, where that has to be."""
    tracee.siginfo = info
    if not tracee.moved:
        tracee.stopped.set_siginfo(info)


def keep_order(tracee: Tracee, signo: int) -> int:
    """Return the signal to deliver now: none, if one of its number has been sent again and would be overtaken.

    Real-time signals arrive in the order in which they were sent (signal(7)). One that an
    injection displaced has been sent again, behind all others; so those follow it there.
    """
    if signo < Signal.SIGRTMIN or tracee.siginfo is None or all(held.signo != signo for held in tracee.sent_again):
        return signo
    tracee.held.append(HeldSignal(signo, tracee.siginfo, offered=True))
    return 0


def hold(tracee: Tracee, signo: int) -> None:
    """Keep the signal that the tracee is stopped by for later."""
    info = tracee.stopped.siginfo()
    again = _sent_by_us(tracee, signo, info)
    tracee.held.append(again or HeldSignal(signo, info, offered=False))


def send_held(tracee: Tracee) -> None:
    """Send what was held to the tracee again, in its order. The tracee is stopped."""
    assert tracee.thread is not None
    while tracee.held:
        held = tracee.held.popleft()
        tracee.sent_again.append(held)
        tgkill(tracee.thread.process.pid, tracee.tid, held.signo)


def leave_held(tracee: Tracee) -> None:
    """Send what was held to the process, since the thread is about to end. The tracee is stopped."""
    assert tracee.thread is not None
    while tracee.held:
        os.kill(tracee.thread.process.pid, tracee.held.popleft().signo)


def must_send_again(tracee: Tracee, signo: int) -> bool:
    """Tell whether a signal that an injection displaced is still to take effect.

    A stop signal and SIGCONT cancel each other where they are sent (prepare_signal,
    kernel/signal.c). A stop that a SIGCONT has followed meanwhile is over; and a SIGCONT
    has done its work when it was sent, so without a handler nothing is left to do, and
    sending it again would cancel a stop that followed.
    """
    if signo not in _JOB_CONTROL:
        return True
    pending, caught = _pending_and_caught(tracee)
    if signo == signal.SIGCONT:
        return bool(caught & _bit(signal.SIGCONT)) and not any(pending & _bit(stop) for stop in _STOPS)
    return not pending & _bit(signal.SIGCONT)


def _pending_and_caught(tracee: Tracee) -> tuple[int, int]:
    found = status_fields(tracee.tid, "SigPnd", "ShdPnd", "SigCgt")
    thread, process, caught = (int(found.get(name, "0"), 16) for name in ("SigPnd", "ShdPnd", "SigCgt"))
    return thread | process, caught


def _bit(signo: int) -> int:
    return 1 << (signo - 1)


def _sent_by_us(tracee: Tracee, signo: int, info: bytes) -> HeldSignal | None:
    if not tracee.sent_again:
        return None
    code, pid = _CODE_AND_PID.unpack_from(info)
    if code != _SI_TKILL or pid not in (os.getpid(), _OUTSIDE):
        return None
    for held in tracee.sent_again:
        if held.signo == signo:
            tracee.sent_again.remove(held)
            return held
    return None


__all__ = ["hold", "interpret_signal", "keep_order", "leave_held", "must_send_again", "replace_siginfo", "send_held"]
