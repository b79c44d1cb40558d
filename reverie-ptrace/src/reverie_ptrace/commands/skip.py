"""COMMAND: give the guest a result; a call that was not executed yet never is.

orig_rax = -1 makes the kernel skip the call (__secure_computing, kernel/seccomp.c:
"skip this syscall"), and rax set along with it is the result: no further stop is needed.
"""

from reverie.arch.x86_64 import NO_SYSCALL, ORIG_RAX, RAX
from reverie_ptrace.commands.registers import is_restart_code, know_registers, restart_by_hand
from reverie_ptrace.kernel import requests
from reverie_ptrace.tracee import Tracee

_MASK = (1 << 64) - 1


def give_result(tracee: Tracee, value: int) -> None:
    """Make ``value`` the result of the intercepted call; -4095..-1 is an errno."""
    raw = value & _MASK
    words = know_registers(tracee).words
    if is_restart_code(raw) and not tracee.interrupted:
        # The tool asks for the call to be issued again; the kernel would not see to it here.
        # restart_by_hand leaves -1 in orig_rax, which skips a call that is still pending.
        restart_by_hand(tracee, (1 << 64) - raw)
    elif tracee.pending:
        words[ORIG_RAX] = NO_SYSCALL
        words[RAX] = raw
        tracee.registers_changed = True
    elif words[RAX] != raw:
        words[RAX] = raw
        tracee.registers_changed = True
    if is_restart_code(raw) and tracee.interrupted and tracee.moved:
        # Another injected call has passed user mode since the interruption. If the signal was sent to
        # the process and another thread took it, nothing is left here that leads through signal
        # delivery, where the kernel acts on the code; a stop that we ask for does (get_signal, kernel/signal.c).
        requests.interrupt(tracee.tid)
    tracee.pending = False


__all__ = ["give_result"]
