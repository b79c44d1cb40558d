"""THE SENTENCE: a stop becomes an event, a handler answers with a command, the guest resumes."""

import contextlib

import anyio

from reverie.backend import PASS, PROCEED, Command, Deliver, Execute, Pass, Proceed, Return, dispatch
from reverie.errors import InternalError, ReverieError
from reverie_process import ExitStatus
from reverie_ptrace.commands.skip import give_result
from reverie_ptrace.commands.tail import execute_last
from reverie_ptrace.events.births import announce
from reverie_ptrace.events.interpret import interpret
from reverie_ptrace.events.signals import keep_order, replace_siginfo
from reverie_ptrace.guest import PtraceGuest
from reverie_ptrace.kernel import requests
from reverie_ptrace.leave import let_go
from reverie_ptrace.resume import resume
from reverie_ptrace.run import Run
from reverie_ptrace.stops.status import BirthStop, Gone, SeccompStop, SignalStop, Stop
from reverie_ptrace.tracee import Tracee
from reverie_syscalls import Signal, Syscall


async def live(run: Run, tracee: Tracee) -> None:
    """Lead one tracee from its first stop to its end, and run the callbacks that its end asks for."""
    status = None
    while status is None:
        try:
            with anyio.CancelScope() as tracee.scope:  # cancelled when the thread dies under a handler
                status = await _converse(run, tracee)
        except Exception as error:
            run.end(_reason(error, tracee))
            tracee.mailbox.pending = tracee.mailbox.pending or tracee.stop
        if status is None and run.leaving:
            _prepare_to_leave(tracee)
    tracee.scope = None
    try:
        if tracee.thread is not None:
            await run.burial.end_thread(tracee.thread, run.rpc(tracee.thread.tid), status)
    except Exception as error:
        run.end(_reason(error, tracee))
    finally:
        run.release(tracee, status)


async def _converse(run: Run, tracee: Tracee) -> ExitStatus:
    mailbox = tracee.mailbox
    guest = None if tracee.thread is None else PtraceGuest(run, tracee, tracee.thread)
    stop = await mailbox
    while type(stop) is not Gone:
        try:
            if run.leaving:
                if let_go(run, tracee, stop):
                    return ExitStatus.running()
            elif run.failure is not None or guest is None:
                _let_die(run, tracee, stop)
            else:
                event = interpret(run, tracee, stop)
                if event is None:
                    command = _unasked(tracee, stop)
                else:
                    command = await dispatch(guest.tool, guest, event)
                if mailbox.pending is None and not tracee.stopped.spent:
                    call = carry_out(tracee, command)
                    if call is not None:
                        await execute_last(run, tracee, call)
                        if mailbox.pending is None and not tracee.stopped.spent:
                            resume(tracee)
        except ProcessLookupError:
            pass  # ESRCH: it was killed while it was stopped; its end is the next thing we hear
        stop = await mailbox
    return stop.status


def carry_out(tracee: Tracee, command: Command) -> Syscall | None:
    """Do to the tracee what the command says and let it run on.

    Returns:
        A call that it is to execute before that, when its result matters.
    """
    signo = 0
    match command:
        case Pass() if tracee.pending and not tracee.asks_untraced:
            tracee.pending = False
        case Return(value):
            give_result(tracee, value)
        case Pass():
            return tracee.call
        case Execute(call):
            return call
        case Deliver(signal, siginfo):
            signo = signal or 0
            if siginfo is not None:
                replace_siginfo(tracee, siginfo.to_bytes())
            if tracee.sent_again and not tracee.moved:
                signo = keep_order(tracee, signo)
        case Proceed():
            pass
    resume(tracee, signo)
    return None


def _prepare_to_leave(tracee: Tracee) -> None:
    """The run is being left: make the tracee's task see the stop that it is in, or make it stop."""
    if tracee.mailbox.pending is not None:
        return
    if tracee.stopped.spent:
        with contextlib.suppress(ProcessLookupError):
            requests.interrupt(tracee.tid)
    else:
        tracee.dropped = True
        tracee.mailbox.pending = tracee.stop


def _let_die(run: Run, tracee: Tracee, stop: Stop) -> None:
    """The run is being ended and the tracee has been killed: it only has to get to its end."""
    if type(stop) is BirthStop:
        announce(run, tracee, stop.event)
    if not tracee.stopped.spent:
        tracee.stopped.cont()


def _unasked(tracee: Tracee, stop: Stop) -> Command:
    """What to do at a stop that no handler is asked about: a signal takes its course, a child is made to be traced."""
    if type(stop) is SignalStop:
        return Deliver(Signal(stop.signo))
    return PASS if type(stop) is SeccompStop and tracee.pending else PROCEED


def _reason(error: Exception, tracee: Tracee) -> ReverieError:
    if isinstance(error, ReverieError):
        return error
    reason = InternalError(f"{type(error).__name__}: {error} (in thread {tracee.tid}). Please report this")
    reason.__cause__ = error
    return reason


__all__ = ["carry_out", "live"]
