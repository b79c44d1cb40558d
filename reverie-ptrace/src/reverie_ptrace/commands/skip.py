"""COMMAND: give the guest a result; a call that was not executed yet never is.

The kernel skips a call whose number is -1 (__secure_computing, kernel/seccomp.c: "skip
this syscall"), and the result can be set along with that: no further stop is needed.
"""

from reverie.arch.machine import RESULT, skip_call
from reverie_ptrace.commands.registers import is_restart_code, know_registers, restart_by_hand
from reverie_ptrace.tracee import Tracee

_MASK = (1 << 64) - 1


def give_result(tracee: Tracee, value: int) -> None:
    """Make ``value`` the result of the intercepted call; -4095..-1 is an errno."""
    raw = value & _MASK
    words = know_registers(tracee).words
    if is_restart_code(raw) and not tracee.interrupted:
        # The tool asks for the call to be issued again; the kernel would not see to it here.
        # restart_by_hand leaves -1 as the number, which skips a call that is still pending.
        restart_by_hand(tracee, (1 << 64) - raw)
    elif tracee.pending:
        skip_call(words, raw)
        tracee.registers_changed = True
    elif words[RESULT] != raw:
        words[RESULT] = raw
        tracee.registers_changed = True
    tracee.pending = False


__all__ = ["give_result"]
