"""RESUME, for good: a tracee is left to itself, as it would be if nobody had ever stopped it.

A handler that was at work is dropped, and the guest's own call takes its course. What
was kept for the guest comes back first: its registers, and signals that an injection
had taken out of the kernel's hands.
"""

from typing import Final

from reverie.arch.machine import NO_SYSCALL, NUMBER
from reverie_ptrace.commands.registers import know_registers, restart_by_hand
from reverie_ptrace.events.births import announce, settle_newborn
from reverie_ptrace.events.execs import begin_exec
from reverie_ptrace.events.own_child import leave_to_parent
from reverie_ptrace.events.signals import interpret_signal, keep_order
from reverie_ptrace.events.syscalls import refuse_foreign_filter
from reverie_ptrace.kernel import requests
from reverie_ptrace.resume import resume
from reverie_ptrace.run import Run
from reverie_ptrace.stops.status import (
    BirthStop,
    ExecStop,
    ExitStop,
    GroupStop,
    SeccompStop,
    SignalStop,
    Stop,
    TrapStop,
)
from reverie_ptrace.tracee import Tracee
from reverie_syscalls import SigInfo

_ERESTARTSYS: Final = 512


def let_go(run: Run, tracee: Tracee, stop: Stop) -> bool:
    """Detach from a stopped tracee. False when it has to run on under us a little longer.

    Raises:
        ProcessLookupError: it was killed while it was stopped.
    """
    signo = 0
    match stop:
        case ExitStop():
            if not leave_to_parent(run, tracee):
                tracee.stopped.cont()
            return False
        case TrapStop() if not tracee.first_stop_seen:
            settle_newborn(tracee)
        case BirthStop(event):
            announce(run, tracee, event)
        case ExecStop():
            begin_exec(tracee)  # of the program that made the call nothing is left to be given back
            tracee.dropped = False
        case SignalStop(number) if not tracee.moved:
            interpret_signal(tracee, number)  # for a signal of ours it puts the siginfo back
            signo = keep_order(tracee, number) if tracee.sent_again else number
        case SeccompStop() if not tracee.dropped:
            refuse_foreign_filter(tracee)
    if tracee.dropped:
        signo = _take_over(tracee) or signo
    if tracee.moved or tracee.held:
        resume(tracee, signo)
        requests.interrupt(tracee.tid)
        return False
    if tracee.registers_changed:
        tracee.stopped.store(tracee.registers)
        tracee.registers_changed = False
    if _is_still_to_come(tracee, stop):
        tracee.stopped.cont(signo)
        return False
    tracee.stopped.detach(signo)
    run.router.remove(tracee)
    return True


def _is_still_to_come(tracee: Tracee, stop: Stop) -> bool:
    """Tell whether a signal that was sent again has not arrived yet: only we can give it its siginfo back.

    It comes at once, or when the handler is over that blocks it now: it was being delivered before.
    """
    return bool(tracee.sent_again) and not isinstance(stop, GroupStop)


def _take_over(tracee: Tracee) -> int:
    """Finish what a dropped handler had begun; return the signal that it was asked about, if that is to come again.

    A call of the guest's own that the handler has kept from the kernel is made now; one
    that has been made has its result.
    """
    tracee.dropped = False
    if tracee.call is not None and not tracee.pending and not tracee.made:
        words = know_registers(tracee).words
        if words[NUMBER] != NO_SYSCALL:
            restart_by_hand(tracee, _ERESTARTSYS)
    if tracee.siginfo is not None and tracee.moved:
        return int(SigInfo.from_bytes(tracee.siginfo).signo)
    return 0


__all__ = ["let_go"]
