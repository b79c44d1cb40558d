"""A wait in which every tracee has its turn.

wait4(2) looks at the youngest tracee first (ptrace_do_wait, kernel/exit.c; ptrace_link,
kernel/ptrace.c): as long as young ones stop again and again, an older one is not reported,
for minutes if need be. So now and then all statuses that are there are taken, before any
of those tracees runs on.
"""

import contextlib
import os
from collections import deque
from typing import Final

from reverie_ptrace.kernel.wait import NoTracees, Wait

_STOPS_UNTIL_FAIR: Final = 16
"""per stop: asking after each whether there are more would cost a system call for each."""


class FairWait:
    """Waits as ``Wait`` does, on one thread."""

    __slots__ = ("_collected", "_until_fair", "_wait")

    def __init__(self) -> None:
        self._wait = Wait()
        self._collected: deque[tuple[int, int]] = deque()
        self._until_fair = _STOPS_UNTIL_FAIR

    def block(self) -> tuple[int, int]:
        """Wait for any tracee; return its tid and status, or (0, 0) when a signal interrupted.

        Raises:
            NoTracees: there is none.
        """
        if self._collected:
            return self._collected.popleft()
        found = self._wait.block()
        self._until_fair -= 1
        if not self._until_fair:
            self._collect()
        return found

    def poll(self) -> tuple[int, int]:
        """Return a tid and its status if one is there, else (0, 0). See ``block``."""
        return self._collected.popleft() if self._collected else self._wait.poll()

    def _collect(self) -> None:
        """Take what else there is. The end of a thread is taken last, because its id is free then."""
        self._until_fair = _STOPS_UNTIL_FAIR
        with contextlib.suppress(NoTracees):
            while (found := self._wait.poll())[0]:
                self._collected.append(found)
                if not os.WIFSTOPPED(found[1] & 0xFFFF):
                    return


__all__ = ["FairWait"]
