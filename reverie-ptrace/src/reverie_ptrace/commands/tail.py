"""COMMAND: execute a call as the handler's last act; in the syscall handler its result is the guest's."""

from reverie.backend import HandlerEnded
from reverie_ptrace.commands.inject import inject
from reverie_ptrace.commands.skip import give_result
from reverie_ptrace.run import Run
from reverie_ptrace.tracee import Tracee
from reverie_syscalls import Syscall


async def execute_last(run: Run, tracee: Tracee, call: Syscall) -> None:
    """Execute the call. The thread may exec or end in it; then its next stop waits in the mailbox."""
    try:
        raw = await inject(run, tracee, call)
    except HandlerEnded:
        return
    if tracee.call is not None:
        give_result(tracee, raw)


__all__ = ["execute_last"]
