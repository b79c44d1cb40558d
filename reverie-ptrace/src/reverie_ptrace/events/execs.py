"""EVENT: a successful exec, told when the new program stands before its first instruction.

At the exec stop itself the registers are not final: the kernel writes execve's result
into rax on the way out, so an injection there would lose its number. The tracee is
resumed to the exit from the call, and the event is made of that stop.
"""

from reverie.events import ProgramExecuted
from reverie_ptrace.tracee import Tracee


def begin_exec(tracee: Tracee) -> None:
    """Note that the tracee runs another program now."""
    tracee.executed = tracee.leaving_exec = True
    tracee.launching = False
    tracee.vdso_syscall = None
    tracee.pending = False
    # What was kept of the old program must not be stored into the new one.
    tracee.registers_known = tracee.registers_changed = tracee.moved = tracee.displaced = False


def interpret_exec(tracee: Tracee) -> ProgramExecuted:
    """Return the event of a tracee that stands at the exit from its exec."""
    tracee.leaving_exec = False
    return ProgramExecuted()


__all__ = ["begin_exec", "interpret_exec"]
