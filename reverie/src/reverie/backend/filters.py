"""From a Subscription to a seccomp program: what stops is decided in the kernel, the rest runs untouched."""

from typing import Final

from reverie.subscription import NEVER_TOLD, Subscription
from reverie_process.seccomp import ALLOW, AuditArch, SyscallFilter, trace
from reverie_syscalls import Sysno

FOREIGN: Final = 1
"""The filter's data (PTRACE_GETEVENTMSG) at a call of another architecture or number space."""


def filter_for(subscription: Subscription) -> bytes | None:
    """Return the program that stops at exactly the subscribed calls, or None when there are none.

    Calls made as i386 (``int 0x80``) or x32 have numbers of their own. They stop with
    ``FOREIGN`` when every call is wanted, and run when only some named ones are.
    """
    if not subscription.syscalls and not subscription.everything_else:
        return None
    wanted = subscription.syscalls - NEVER_TOLD
    stop = trace(0)
    if subscription.everything_else:
        rules = {int(sysno): ALLOW for sysno in Sysno if sysno not in wanted}
        default, foreign = stop, trace(FOREIGN)
    else:
        rules = {int(sysno): stop for sysno in wanted}
        default, foreign = ALLOW, ALLOW
    return SyscallFilter(
        arch=AuditArch.X86_64, rules=rules, default=default, foreign=foreign, x32=foreign, exempt=()
    ).compile()


__all__ = ["FOREIGN", "filter_for"]
