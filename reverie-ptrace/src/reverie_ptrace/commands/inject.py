"""COMMAND: run a system call in the tracee now.

At the seccomp stop of the intercepted call, a call is run in its place: orig_rax and
the arguments are changed and PTRACE_SYSCALL leads to the exit from it. Since Linux 4.8
that stop lies between a call's entry and its exit; the filter looks at the changed call
once more, but to trace it then means to let it pass (ptrace(2), PTRACE_EVENT_SECCOMP).

Any later call, and any call in another handler, is issued from a syscall instruction
that the guest has. On the way there the thread passes through user mode, where signals
are delivered; they are blocked until the call is entered, and so stay in the kernel's
queue, in their order and with their siginfo. The call itself can be interrupted by them.
"""

from typing import Final

import anyio

from reverie.arch.machine import BASES, RESULT, change_call, issue_call, skip_call, to_kernel
from reverie.backend import HandlerEnded
from reverie.errors import ReverieError
from reverie_ptrace.colocation import TELLING
from reverie_ptrace.commands.place import syscall_place
from reverie_ptrace.commands.registers import is_restart_code, know_registers
from reverie_ptrace.commands.sequence import abort_sequence
from reverie_ptrace.events.births import announce
from reverie_ptrace.events.signals import hold, leave_held, send_held
from reverie_ptrace.events.untraced import give_back, traced_instead
from reverie_ptrace.kernel import requests
from reverie_ptrace.proc_status import status_fields
from reverie_ptrace.run import Run
from reverie_ptrace.stops.status import (
    BirthStop,
    ExecStop,
    ExitStop,
    Gone,
    GroupStop,
    SignalStop,
    Stop,
    SyscallStop,
    TrapStop,
)
from reverie_ptrace.tracee import Tracee
from reverie_syscalls import Errno, SigInfo, Signal, Syscall, Sysno

_ALL_SIGNALS: Final = (1 << 64) - 1
_FAULTS: Final = frozenset({Signal.SIGILL, Signal.SIGTRAP, Signal.SIGBUS, Signal.SIGSEGV})
_RESTART_BLOCK: Final = (1 << 64) - Errno.ERESTART_RESTARTBLOCK
_RESTART_UNLESS_HANDLED: Final = (1 << 64) - Errno.ERESTARTNOHAND
"""Both are EINTR when a handler of the guest runs; without one, this issues the guest's call again."""
_EINTR: Final = (1 << 64) - Errno.EINTR

_WITH_A_MASK: Final = frozenset(
    {
        Sysno.rt_sigsuspend,
        Sysno.ppoll,
        Sysno.pselect6,
        Sysno.epoll_pwait,
        Sysno.epoll_pwait2,
        Sysno.io_pgetevents,
        Sysno.io_uring_enter,
    }
)
"""Calls that may wait with other signals blocked than the thread has."""


async def inject(run: Run, tracee: Tracee, call: Syscall) -> int:
    """Execute the call and return its raw result, as an unsigned 64-bit word.

    Raises:
        HandlerEnded: the thread exec'ed, exited or died in the call.
        ReverieError: a call of another architecture cannot be changed.
    """
    if call.sysno is Sysno.rt_sigreturn:
        raise ReverieError(f"{call.name} cannot be injected: it returns from a signal handler, and there is none here")
    if call.sysno in TELLING:
        tracee.stopped.telling = call
    if tracee.asks_untraced and call == tracee.call:
        call = tracee.made_instead = traced_instead(tracee, call)
    if tracee.pending and not tracee.by_vsyscall:
        _put_in_place(run, tracee, call)
    else:
        if tracee.pending:
            await _leave_vsyscall_page(tracee)
        if tracee.foreign:
            raise _foreign_call(tracee)
        if tracee.mask_lent_by is not None:
            # The signal that interrupted the call can be delivered only now, while the
            # call's own mask holds; any other call would put the thread's mask back first.
            return tracee.mask_lent_by
        await _enter_elsewhere(run, tracee, call)
    return await _run_to_exit(run, tracee, call)


def _put_in_place(run: Run, tracee: Tracee, call: Syscall) -> None:
    """Prepare the call to be executed in place of the intercepted one."""
    if call is not tracee.call and call != tracee.call:
        if tracee.foreign:
            raise _foreign_call(tracee)
        scratch = run.scratch
        scratch.words[:] = know_registers(tracee).words
        change_call(scratch.words, to_kernel(call.number), call.words)
        tracee.stopped.store(scratch)
        tracee.displaced = tracee.registers_changed = True
    elif tracee.registers_changed:
        tracee.stopped.store(tracee.registers)
        tracee.registers_changed = False
    tracee.pending = False


def _foreign_call(tracee: Tracee) -> ReverieError:
    return ReverieError(
        f"thread {tracee.tid} called as another architecture does (i386 or x32):"
        " such a call can be passed, injected as it is or suppressed, but not replaced"
    )


async def _leave_vsyscall_page(tracee: Tracee) -> None:
    """Bring the thread back to the caller of the vsyscall page, its call not made.

    A call from that page can be made as it is or skipped, and the kernel itself returns
    from it (emulate_vsyscall, arch/x86/entry/vsyscall/vsyscall_64.c); to change it is
    death by SIGSYS, and no exit from it is ever reported. A trap stops the thread behind it.
    """
    tracee.pending = False
    skip_call(know_registers(tracee).words, 0)
    tracee.stopped.store(tracee.registers)
    tracee.registers_changed = tracee.registers_known = False
    requests.interrupt(tracee.tid)
    tracee.stopped.cont()
    with anyio.CancelScope(shield=True):
        while type(stop := await _next(tracee)) is not TrapStop:
            match stop:
                case SignalStop(signo):
                    hold(tracee, signo)
                    tracee.stopped.cont()
                case GroupStop():
                    tracee.stopped.listen()
                case _:
                    tracee.stopped.cont()
    tracee.stop = stop


async def _enter_elsewhere(run: Run, tracee: Tracee, call: Syscall) -> None:
    """Lead the thread into the call from a syscall instruction that the guest has."""
    if tracee.call is None and not tracee.moved:
        abort_sequence(tracee)
    place = syscall_place(tracee)
    scratch = run.scratch
    scratch.words[:] = know_registers(tracee).words
    issue_call(scratch.words, to_kernel(call.number), call.words, place)
    stopped = tracee.stopped
    stopped.store(scratch)
    tracee.displaced = tracee.registers_changed = tracee.moved = True
    tracee.signal_mask = stopped.signal_mask()
    stopped.set_signal_mask(_ALL_SIGNALS)
    dispatch = stopped.suspend_user_dispatch()
    with anyio.CancelScope(shield=True):  # this much never waits for anything but the thread
        await _run_to_entry(tracee)
    if dispatch:
        stopped.restore_user_dispatch(dispatch)  # it is looked at before this stop only
    stopped.set_signal_mask(tracee.signal_mask)
    if tracee.held:  # SIGSTOP, which cannot be blocked: it must interrupt a call that waits
        if call.sysno is Sysno.exit:
            leave_held(tracee)
        else:
            send_held(tracee)


def _result(run: Run, tracee: Tracee, call: Syscall) -> int:
    """Take what an executed call left: its result, and the bases that arch_prctl(2) may have set.

    The guest's own call has been made now, wherever it was issued from, and the result is
    the guest's unless the handler says otherwise.
    """
    if tracee.borrowed is not None:
        give_back(tracee)
    own = tracee.call is not None and (call == tracee.call or call is tracee.made_instead)
    if tracee.displaced:
        tracee.displaced = False
        tracee.stopped.load(run.scratch)
        words = run.scratch.words
        for base in BASES:
            tracee.registers.words[base] = words[base]
        raw = words[RESULT]
        if raw == _RESTART_BLOCK and not own:
            # restart_syscall would go on with this call in place of the guest's own, which is to be issued again.
            raw = _RESTART_UNLESS_HANDLED
        if own or not tracee.moved:
            tracee.registers.words[RESULT] = raw
    else:
        raw = know_registers(tracee).words[RESULT]
        tracee.interrupted = False
    tracee.made = tracee.made or own
    tracee.interrupted = tracee.interrupted or is_restart_code(raw)
    if call.sysno in _WITH_A_MASK and (is_restart_code(raw) or raw == _EINTR) and _keeps_mask(tracee):
        tracee.mask_lent_by = raw
    return raw


def _keeps_mask(tracee: Tracee) -> bool:
    """Tell whether the call's own mask holds behind it, until the signal that interrupted it is delivered.

    Some such calls fail with EINTR then and not with a restart code (do_epoll_pwait,
    fs/eventpoll.c), as they do without a mask, so the masks themselves are compared.
    """
    try:
        blocked = status_fields(tracee.tid, "SigBlk")["SigBlk"]
    except OSError:
        return False  # it is gone, and the next request says so
    return int(blocked, 16) != tracee.stopped.signal_mask()


async def _run_to_entry(tracee: Tracee) -> None:
    """Resume until the syscall instruction that was set up has entered the kernel."""
    tracee.stopped.syscall()
    while type(stop := await _next(tracee)) is not SyscallStop:
        match stop:
            case SignalStop(signo):
                _refuse_fault(tracee, signo)
                hold(tracee, signo)
                tracee.stopped.syscall()
            case GroupStop():
                tracee.stopped.listen()
            case _:
                tracee.stopped.syscall()


async def _run_to_exit(run: Run, tracee: Tracee, call: Syscall) -> int:
    """Resume until the call has returned, and return its raw result; what it makes on the way is announced.

    A same call that is injected runs on the guest's own registers; they change by its
    result, so they are read anew after it. A handler that is cancelled meanwhile, by a
    time limit of its own, goes on only when the call has been interrupted and the thread
    is stopped again.
    """
    if not tracee.registers_changed:
        tracee.registers_known = False
    tracee.stopped.syscall()
    try:
        stop = await tracee.mailbox
        if type(stop) is not SyscallStop:  # per stop: as a rule nothing comes between
            stop = await _until_exit(run, tracee, stop)
    except HandlerEnded:
        raise
    except BaseException:
        with anyio.CancelScope(shield=True):
            requests.interrupt(tracee.tid)
            tracee.stop = await _until_exit(run, tracee, await tracee.mailbox)
            _result(run, tracee, call)
        raise
    tracee.stop = stop
    return _result(run, tracee, call)


async def _until_exit(run: Run, tracee: Tracee, stop: Stop) -> Stop:
    """Lead the tracee on from this stop to the exit from the call; what it makes on the way is announced."""
    while type(_alive(tracee, stop)) is not SyscallStop:
        match stop:
            case GroupStop():
                tracee.stopped.listen()
                stop = await tracee.mailbox
                continue
            case BirthStop(event):
                announce(run, tracee, event)
            case SignalStop(signo):
                hold(tracee, signo)
        tracee.stopped.syscall()
        stop = await tracee.mailbox
    return stop


async def _next(tracee: Tracee) -> Stop:
    return _alive(tracee, await tracee.mailbox)


def _alive(tracee: Tracee, stop: Stop) -> Stop:
    if isinstance(stop, ExecStop | ExitStop | Gone):
        tracee.mailbox.pending = stop  # the loop's to deal with: the handler ends here
        tracee.handler_over = True
        raise HandlerEnded
    return stop


def _refuse_fault(tracee: Tracee, signo: int) -> None:
    """Take back what was set up, where the instruction cannot be executed; the fault is ours and not the guest's.

    It was there when we looked. Another thread has taken it away since, or its page may be read only.
    """
    if signo in _FAULTS and SigInfo.from_bytes(tracee.stopped.siginfo()).code > 0:
        tracee.stopped.set_signal_mask(tracee.signal_mask)
        tracee.displaced = False
        raise ReverieError(
            f"no call can be injected in thread {tracee.tid} here: its syscall instruction cannot be executed"
            f" ({Signal(signo).name}). In the syscall handler, make this call the first that is injected"
        )


__all__ = ["inject"]
