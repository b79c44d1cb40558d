"""From a Subscription to a seccomp program: what stops is decided in the kernel, the rest runs untouched."""

from collections.abc import Iterable, Mapping
from typing import Final

from reverie.arch.machine import AUDIT_ARCH, FOREIGN_NUMBER_BIT, KERNEL_NUMBERS
from reverie.subscription import NEVER_TOLD, Subscription
from reverie_process.seccomp import ALLOW, AuditArch, SyscallFilter, trace
from reverie_syscalls import Sysno

FILTER_DATA: Final = 0x7265
"""What our filter says along with "trace". A stop with other data was asked for by a filter
of the guest's own, which has no tracer as far as it knows."""

OWN_INTEREST: Final = 0x7266
"""What it says of a call that the tool does not want and that the backend has to look at."""


def filter_for(subscription: Subscription, looked_at: Iterable[Sysno] = ()) -> bytes | None:
    """Return the program that stops at exactly the subscribed calls on this machine, or None when there are none.

    Args:
        looked_at: where there is a program, calls that stop for the backend's own sake.
    """
    if not subscription.syscalls and not subscription.everything_else:
        return None
    return filter_on(AuditArch(AUDIT_ARCH), KERNEL_NUMBERS, subscription, looked_at).compile()


def filter_on(
    arch: AuditArch, numbers: Mapping[Sysno, int], subscription: Subscription, looked_at: Iterable[Sysno] = ()
) -> SyscallFilter:
    """Return the filter for an architecture, whose numbers are given; a call that it lacks needs no rule.

    Calls made as another architecture (``int 0x80``) or as x32 have numbers of their own.
    They always stop: which of them is a wanted one is not for the filter to know.
    """
    wanted = subscription.syscalls - NEVER_TOLD
    stop = trace(FILTER_DATA)
    if subscription.everything_else:
        rules = {number: ALLOW for sysno, number in numbers.items() if sysno not in wanted}
        default = stop
    else:
        rules = {number: stop for sysno, number in numbers.items() if sysno in wanted}
        default = ALLOW
    for sysno in looked_at:
        if sysno in numbers and sysno not in wanted:
            rules[numbers[sysno]] = trace(OWN_INTEREST)
    x32 = stop if arch is AuditArch.X86_64 else None
    return SyscallFilter(arch=arch, rules=rules, default=default, foreign=stop, x32=x32)


class Choice:
    """What a filter would choose, for a backend that has none on the guest."""

    __slots__ = ("_known", "_others", "_wanted")

    def __init__(self, subscription: Subscription) -> None:
        wanted = subscription.syscalls - NEVER_TOLD
        self._wanted = frozenset(number for sysno, number in KERNEL_NUMBERS.items() if sysno in wanted)
        self._known = frozenset(KERNEL_NUMBERS.values())
        self._others = subscription.everything_else

    def __bool__(self) -> bool:
        return bool(self._wanted) or self._others

    def wants(self, arch: int, number: int) -> bool:
        """Tell whether the tool wants a call, by its architecture (AUDIT_ARCH_*) and its number there."""
        if arch != AUDIT_ARCH or number & FOREIGN_NUMBER_BIT:
            return True
        return number in self._wanted or (self._others and number not in self._known)


__all__ = ["FILTER_DATA", "OWN_INTEREST", "Choice", "filter_for", "filter_on"]
