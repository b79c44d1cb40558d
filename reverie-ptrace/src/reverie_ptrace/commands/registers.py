"""A tracee's registers between its stop and its resumption: read once, stored when changed."""

from typing import Final

from reverie.arch.x86_64 import ARGUMENTS, NO_SYSCALL, ORIG_RAX, RAX, RIP
from reverie_ptrace.kernel.requests import RegisterBuffer
from reverie_ptrace.tracee import Tracee
from reverie_syscalls import Sysno

RESTART_CODES: Final = frozenset({512, 513, 514, 516})
"""ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK: linux/errno.h."""

_RESTART_BLOCK: Final = 516
_SYSCALL_BYTES: Final = 2


def know_registers(tracee: Tracee) -> RegisterBuffer:
    """Return the guest's registers, read from the kernel at the first question in this stop."""
    if not tracee.registers_known:
        tracee.stopped.load(tracee.registers)
        tracee.registers_known = True
    return tracee.registers


def is_restart_code(raw: int) -> bool:
    """Tell whether an unsigned raw result is one of the kernel's restart codes."""
    return (1 << 64) - raw in RESTART_CODES


def set_call(registers: RegisterBuffer, number: int, words: tuple[int, ...], orig_rax: int) -> None:
    """Write a system call's number and arguments into registers."""
    target = registers.words
    target[RAX] = number
    target[ORIG_RAX] = orig_rax
    for index, word in zip(ARGUMENTS, words, strict=True):
        target[index] = word


def restart_by_hand(tracee: Tracee, code: int) -> None:
    """Make the guest issue its system call again, as the kernel does for a restart code.

    The kernel acts on a restart code in rax only on its way through signal delivery
    (arch_do_signal_or_restart, arch/x86/kernel/signal.c); anywhere else the code would
    reach the program as errno 512.
    """
    words = tracee.registers.words
    number = Sysno.restart_syscall if code == _RESTART_BLOCK else words[ORIG_RAX]
    words[RIP] -= _SYSCALL_BYTES
    words[RAX] = number
    words[ORIG_RAX] = NO_SYSCALL
    tracee.registers_changed = True


__all__ = ["RESTART_CODES", "is_restart_code", "know_registers", "restart_by_hand", "set_call"]
