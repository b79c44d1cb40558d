"""Run a command under a subscription's filter and no tracer: ``python -m benchmarks.bare_filter SYSCALLS COMMAND...``

What a call costs here that the filter lets through is what the kernel asks for any filter of
this shape. The calls that it would stop at fail with ENOSYS, since nobody traces
(seccomp(2), SECCOMP_RET_TRACE); so it is of use with calls that the command does not make.
"""

import os
import sys

from reverie import Subscription
from reverie.backend import filter_for
from reverie_process import libc


def install(subscription: Subscription) -> None:
    """Put this process under the filter that a guest with this subscription gets."""
    program = filter_for(subscription)
    if program is not None:
        libc.set_no_new_privs()
        libc.seccomp_set_filter(program, 0)


if __name__ == "__main__":
    install(Subscription.of(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])
