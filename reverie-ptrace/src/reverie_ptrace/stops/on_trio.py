"""trio on the tracer thread, as a guest of a loop that waits for tracees.

trio's guest mode is made for this: trio waits for files and times in a thread of its
own and asks the host, here a loop around wait4(2), to run its turns. A stop then takes
two changes of thread more than on asyncio; nothing else differs.
"""

import threading
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import trio
from outcome import Outcome

from reverie_ptrace.kernel.wait import NoTracees
from reverie_ptrace.stops.fair import FairWait
from reverie_ptrace.stops.host import Deliver
from reverie_ptrace.stops.interrupter import Interrupter
from reverie_ptrace.stops.mailbox import EventMailbox


class TrioHost:
    """An ``EventHost`` on trio."""

    def __init__(self) -> None:
        self._token: trio.lowlevel.TrioToken | None = None
        self._turns: deque[Callable[[], object]] = deque()
        self._turn_came = threading.Event()
        self._thread = 0
        self._interrupter: Interrupter | None = None
        self._outcome: Outcome[None] | None = None

    def run(self, main: Callable[[], Awaitable[None]], deliver: Deliver) -> None:
        """See ``EventHost.run``."""
        self._interrupter = Interrupter()
        self._thread = threading.get_ident()
        wait = FairWait()

        async def guarded() -> None:
            self._token = trio.lowlevel.current_trio_token()
            await main()

        trio.lowlevel.start_guest_run(
            guarded,
            run_sync_soon_threadsafe=self._post,
            done_callback=self._done,
            host_uses_signal_set_wakeup_fd=True,
        )
        while self._outcome is None:
            self._interrupter.take()
            if self._turns:
                self._turns.popleft()()
            else:
                self._wait(wait, deliver)
        self._outcome.unwrap()

    def mailbox(self) -> EventMailbox:
        """See ``EventHost.mailbox``."""
        return EventMailbox()

    def call_from_thread(self, function: Callable[[], None]) -> None:
        """See ``EventHost.call_from_thread``."""
        assert self._token is not None
        self._token.run_sync_soon(function)

    def _wait(self, wait: FairWait, deliver: Deliver) -> None:
        try:
            tid, status = wait.block()
        except NoTracees:
            self._turn_came.wait()
            self._turn_came.clear()
            return
        if tid:
            assert self._token is not None
            self._token.run_sync_soon(deliver, tid, status)

    def _post(self, turn: Callable[[], object]) -> None:
        self._turns.append(turn)
        self._turn_came.set()
        if threading.get_ident() != self._thread:
            assert self._interrupter is not None
            self._interrupter.interrupt()

    def _done(self, outcome: Any) -> None:
        self._outcome = outcome


__all__ = ["TrioHost"]
