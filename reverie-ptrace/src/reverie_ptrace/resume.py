"""RESUME: how the tracee runs on: which restart request, and with which signal."""

from reverie.arch.x86_64 import NO_SYSCALL, ORIG_RAX, RAX
from reverie_ptrace.commands.registers import is_restart_code, restart_by_hand
from reverie_ptrace.events.signals import must_send_again, send_held
from reverie_ptrace.kernel import requests
from reverie_ptrace.stops.status import GroupStop
from reverie_ptrace.tracee import HeldSignal, Tracee


def resume(tracee: Tracee, signo: int = 0) -> None:
    """Let the tracee run on, delivering a signal if it stands at a signal-delivery-stop."""
    if type(tracee.stop) is GroupStop:
        tracee.stopped.listen()
        return
    if tracee.moved:
        signo = _return_from_injection(tracee, signo)
    if tracee.registers_changed:
        tracee.stopped.store(tracee.registers)
        tracee.registers_changed = False
    tracee.registers_known = False
    if tracee.held:
        send_held(tracee)
    tracee.siginfo = None
    if tracee.leaving_exec:
        tracee.stopped.syscall()
    else:
        tracee.stopped.cont(signo)


def _return_from_injection(tracee: Tracee, signo: int) -> int:
    """Go on as from the stop that the handler was called for, though the tracee stands elsewhere now.

    At the exit from an injected call a signal cannot be delivered with its siginfo, so
    one that the tool wants delivered is sent again. And if the guest's own call had
    been interrupted by a signal that is not delivered now, because the tool suppresses
    it or because only the interrupted call had it unblocked, nothing will make the
    kernel restart it.
    """
    tracee.moved = False
    if tracee.siginfo is None:
        words = tracee.registers.words
        if tracee.interrupted and words[ORIG_RAX] != NO_SYSCALL and is_restart_code(words[RAX]):
            # The kernel acts on the code only if it has signals to look for. Another thread may have
            # taken the one that interrupted the call while this one was away; a trap serves as well.
            requests.interrupt(tracee.tid)
        return 0
    info, tracee.siginfo = tracee.siginfo, None
    if signo and must_send_again(tracee, signo):
        tracee.held.appendleft(HeldSignal(signo, info, offered=True))
    if not tracee.held or _is_blocked(tracee, tracee.held[0].signo):
        words = tracee.registers.words
        if words[ORIG_RAX] != NO_SYSCALL and is_restart_code(words[RAX]):
            restart_by_hand(tracee, (1 << 64) - words[RAX])
    return 0


def _is_blocked(tracee: Tracee, signo: int) -> bool:
    return bool(tracee.signal_mask >> (signo - 1) & 1)


__all__ = ["resume"]
