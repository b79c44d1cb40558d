"""RESUME: how the tracee runs on: which restart request, and with which signal."""

from reverie.arch.machine import NO_SYSCALL, NUMBER, RESULT
from reverie_ptrace.commands.registers import is_restart_code
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
    if tracee.leaving_exec or tracee.follows_calls:
        tracee.stopped.syscall(signo)
    else:
        tracee.stopped.cont(signo)


def _return_from_injection(tracee: Tracee, signo: int) -> int:
    """Go on as from the stop that the handler was called for, though the tracee stands elsewhere now.

    At the exit from an injected call a signal cannot be delivered with its siginfo, so
    one that the tool wants delivered is sent again. And the guest's own call may have been
    interrupted: then the kernel has to decide whether it restarts, by what is delivered
    now. It does so only on its way through signal delivery (arch_do_signal_or_restart,
    arch/x86/kernel/signal.c), and the signal that interrupted the call may be gone: the
    tool suppresses it, only the call had it unblocked, or another thread has taken it.
    So the thread is sent that way by a trap.
    """
    tracee.moved = False
    if signo and tracee.siginfo is not None and must_send_again(tracee, signo):
        tracee.held.appendleft(HeldSignal(signo, tracee.siginfo, offered=True))
    words = tracee.registers.words
    if words[NUMBER] != NO_SYSCALL and is_restart_code(words[RESULT]):
        requests.interrupt(tracee.tid)
    return 0


__all__ = ["resume"]
