"""EVENT: one match over stops: what each means to the tool. None when it is only ours."""

import signal
from typing import assert_never

from reverie.errors import InternalError
from reverie.events import Event, ThreadStarted
from reverie_ptrace.events.births import announce, settle_newborn
from reverie_ptrace.events.execs import begin_exec, interpret_exec
from reverie_ptrace.events.own_child import leave_to_parent
from reverie_ptrace.events.signals import interpret_signal
from reverie_ptrace.events.syscalls import interpret_boundary, interpret_syscall
from reverie_ptrace.run import Run
from reverie_ptrace.stops.status import (
    BirthStop,
    ExecStop,
    ExitStop,
    Gone,
    GroupStop,
    SeccompStop,
    SignalStop,
    Stop,
    SyscallStop,
    TrapStop,
    VforkDoneStop,
)
from reverie_ptrace.tracee import Tracee


def interpret(run: Run, tracee: Tracee, stop: Stop) -> Event | None:
    """Return what to tell the tool about a stop, and bring what we know of the tracee up to date."""
    tracee.stop = stop
    tracee.handler_over = False
    if type(stop) is SeccompStop:  # per stop: the commonest is tried first
        return interpret_syscall(run, tracee)
    tracee.siginfo = tracee.call = tracee.mask_lent_by = None
    tracee.tail_allowed = False
    match stop:
        case SignalStop(signo):
            if tracee.launching and signo == signal.SIGSTOP and not tracee.first_stop_seen:
                return _begin(tracee)
            return interpret_signal(tracee, signo)
        case TrapStop():
            return None if tracee.first_stop_seen else _begin(tracee)
        case BirthStop(event):
            announce(run, tracee, event)
        case ExecStop():
            begin_exec(tracee)
        case SyscallStop() if tracee.leaving_exec:
            return interpret_exec(tracee)
        case SyscallStop() if tracee.follows_calls:
            return interpret_boundary(run, tracee)
        case ExitStop():
            leave_to_parent(run, tracee)
        case VforkDoneStop() | GroupStop():
            pass
        case SyscallStop() | Gone():
            raise InternalError(f"thread {tracee.tid} is in {stop!r}, where no restart of ours leads")
        case SeccompStop():
            pass
        case _:
            assert_never(stop)
    return None


def _begin(tracee: Tracee) -> ThreadStarted:
    if tracee.runs_function:
        tracee.launching = False
    tracee.first_stop_seen = tracee.tail_allowed = True
    settle_newborn(tracee)
    return ThreadStarted()


__all__ = ["interpret"]
