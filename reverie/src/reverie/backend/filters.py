"""From a Subscription to a seccomp program: what stops is decided in the kernel, the rest runs untouched."""

from typing import Final

from reverie.subscription import NEVER_TOLD, Subscription
from reverie_process.seccomp import ALLOW, AuditArch, SyscallFilter, trace
from reverie_syscalls import Sysno

FILTER_DATA: Final = 0x7265
"""What our filter says along with "trace". A stop with other data was asked for by a filter
of the guest's own, which has no tracer as far as it knows."""


def filter_for(subscription: Subscription) -> bytes | None:
    """Return the program that stops at exactly the subscribed calls, or None when there are none.

    Calls made as i386 (``int 0x80``) or x32 have numbers of their own. They stop when
    every call is wanted, and run when only some named ones are.
    """
    if not subscription.syscalls and not subscription.everything_else:
        return None
    wanted = subscription.syscalls - NEVER_TOLD
    stop = trace(FILTER_DATA)
    if subscription.everything_else:
        rules = {int(sysno): ALLOW for sysno in Sysno if sysno not in wanted}
        default, foreign = stop, stop
    else:
        rules = {int(sysno): stop for sysno in wanted}
        default, foreign = ALLOW, ALLOW
    return SyscallFilter(
        arch=AuditArch.X86_64, rules=rules, default=default, foreign=foreign, x32=foreign, exempt=()
    ).compile()


__all__ = ["FILTER_DATA", "filter_for"]
