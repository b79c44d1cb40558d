"""A tracee's registers between its stop and its resumption: read once, stored when changed."""

from typing import Final

from reverie.arch.machine import ARGUMENTS, NUMBER, issue_again, to_kernel
from reverie_ptrace.kernel.registers import RegisterBuffer
from reverie_ptrace.tracee import Tracee
from reverie_syscalls import Sysno

RESTART_CODES: Final = frozenset({512, 513, 514, 516})
"""ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK: linux/errno.h."""

_RESTART_BLOCK: Final = 516


def know_registers(tracee: Tracee) -> RegisterBuffer:
    """Return the guest's registers, read from the kernel at the first question in this stop."""
    if not tracee.registers_known:
        tracee.stopped.load(tracee.registers)
        tracee.registers_known = True
    return tracee.registers


def is_restart_code(raw: int) -> bool:
    """Tell whether an unsigned raw result is one of the kernel's restart codes."""
    return (1 << 64) - raw in RESTART_CODES


def restart_by_hand(tracee: Tracee, code: int) -> None:
    """Make the guest issue its system call again, as the kernel does for a restart code.

    The kernel acts on a restart code only on its way through signal delivery
    (arch_do_signal_or_restart, arch/x86/kernel/signal.c); anywhere else the code would
    reach the program as errno 512.
    """
    words = tracee.registers.words
    number = to_kernel(Sysno.restart_syscall) if code == _RESTART_BLOCK else words[NUMBER]
    issue_again(words, number, words[ARGUMENTS[0]] if tracee.call is None else tracee.call.words[0])
    tracee.registers_changed = True


__all__ = ["RESTART_CODES", "is_restart_code", "know_registers", "restart_by_hand"]
