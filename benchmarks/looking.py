"""A tool that injects the intercepted call as it is and looks at its result.

Run as ``python -m benchmarks.looking COMMAND...``. It is between ``noop``, which never sees a
result, and ``strace``, which prints it: two stops per call and nothing made of them.
"""

import sys

import reverie
from reverie import Guest, NoGlobal, Subscription, Tool
from reverie.syscalls import Syscall, Sysno


class Looking(Tool[NoGlobal, None]):
    """Remembers the largest result of getppid."""

    largest = 0

    @classmethod
    def subscriptions(cls, config: object) -> Subscription:
        """Want the call that the loop makes."""
        return Subscription.of(Sysno.getppid)

    async def handle_syscall_event(self, guest: Guest[NoGlobal, None], call: Syscall) -> int:
        """Execute the call, and look at what came of it."""
        result = await guest.inject(call)
        self.largest = max(self.largest, result)
        return result


if __name__ == "__main__":
    reverie.run(Looking, sys.argv[1:]).status.raise_or_exit()
