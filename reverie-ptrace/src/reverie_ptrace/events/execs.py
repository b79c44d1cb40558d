"""EVENT: a successful exec, told when the new program stands before its first instruction."""

from reverie.events import ProgramExecuted
from reverie_ptrace.stops.status import SyscallStop
from reverie_ptrace.tracee import Tracee


async def interpret_exec(tracee: Tracee) -> ProgramExecuted | None:
    """Move the tracee on to the exit from its exec; None when something else came first.

    At the exec stop itself the registers are not final: the kernel writes execve's
    result into rax on the way out, so an injection there would lose its number.
    """
    tracee.executed = True
    tracee.launching = False
    tracee.vdso_syscall = None
    tracee.pending = False
    # What was kept of the old program must not be stored into the new one.
    tracee.registers_known = tracee.registers_changed = tracee.moved = tracee.displaced = False
    tracee.stopped.syscall()
    stop = await tracee.mailbox
    if not isinstance(stop, SyscallStop):
        tracee.mailbox.pending = stop
        return None
    tracee.stop = stop
    return ProgramExecuted()


__all__ = ["interpret_exec"]
