"""What all rooms of one run share: its tracees, the tool's states, and its end."""

import contextlib
import os
import signal
from collections.abc import Callable
from typing import Any

import anyio

from reverie.backend import Burial, Choice, Host, Lineage, LoopbackRpc, Thread
from reverie.errors import ReverieError
from reverie_process import ExitStatus, Tid
from reverie_ptrace.colocation import Colocation
from reverie_ptrace.kernel.registers import RegisterBuffer
from reverie_ptrace.kernel.requests import SyscallInfoBuffer
from reverie_ptrace.stopped import Stopped
from reverie_ptrace.stops.host import EventHost
from reverie_ptrace.stops.router import Router
from reverie_ptrace.tracee import Tracee


class Run:
    """One run. Two of them can live in one process, each on its own thread."""

    def __init__(self, lineage: Lineage, events: EventHost, *, kills: bool = True) -> None:
        """Begin with nothing.

        Args:
            kills: whether the guest is killed when the run has to end; else it is left to itself.
        """
        self.kills = kills
        self.lineage = lineage
        self.burial = Burial(lineage)
        self.router = Router(self._promote, lambda tid, dying: self.meet(tid, dying), lambda tracee: self.lose(tracee))
        self.scratch = RegisterBuffer()
        """Registers of an injected call. Between two awaits, so one serves all tracees."""
        self.syscall_info = SyscallInfoBuffer()
        self.claimed: dict[Tid, set[int]] = {}
        """Newborns that we took charge of without their parent's word, which would be old news; and whose they are."""
        self.finished = anyio.Event()
        self.failure: ReverieError | None = None
        self.leaving = False
        """Every tracee is to be detached from at its next stop."""
        self.choice: Choice | None = None
        """Which calls to tell of, where no filter decides it; None when one does, or when no call is wanted."""
        self.colocation: Colocation | None = None
        """None when each goes where the scheduler wants."""
        self.rpc_host: Host | None = None
        self.meet: Callable[[Tid, bool], object] = lambda tid, dying: None
        self.lose: Callable[[Tracee], object] = lambda tracee: None
        self.start_life: Callable[[Tracee], object] = lambda tracee: None
        self.root: Tracee | None = None
        self.root_status: ExitStatus | None = None
        self._events = events
        self._lives: set[Tracee] = set()
        """Those that are not gone, or whose exit callbacks are not over."""

    def adopt(self, tid: Tid, thread: Thread | None) -> Tracee:
        """Take charge of a tracee whose birth was announced, until it is gone."""
        tracee = Tracee(tid, self._events.mailbox(), Stopped(tid, self.colocation), thread)
        tracee.follows_calls = self.choice is not None
        self._lives.add(tracee)
        self.start_life(tracee)
        self.router.add(tracee)
        if self.failure is not None and self.kills:
            _kill(tid)
        return tracee

    def release(self, tracee: Tracee, status: ExitStatus) -> None:
        """Forget a tracee that is gone; the run ends with the last one."""
        if tracee is self.root:
            self.root_status = status
        self._lives.remove(tracee)
        if self.colocation is not None:
            self.colocation.forget(tracee.stopped)
        if not self._lives:
            self.finished.set()
        else:
            self.end_daemons()

    def end_daemons(self) -> None:
        """Kill what is left when the tool waits for none of it."""
        threads = (tracee.thread for tracee in self._lives)  # as a rule the first one says no
        if all(thread is not None and thread.process.daemon for thread in threads):
            for tid in self.router.tracees:
                _kill(Tid(tid))

    def end(self, reason: ReverieError) -> None:
        """Kill every process of the guest, or leave it when it is not ours. The first reason is what the run raises."""
        if self.failure is None:
            self.failure = reason
        if not self.kills:
            self.leave()
            return
        for tid in (*self.router.tracees, *self.router.strangers()):
            _kill(Tid(tid))

    def leave(self) -> None:
        """Let every tracee go on untraced. Handlers that are at work are dropped."""
        if self.leaving:
            return
        self.leaving = True
        for tracee in tuple(self.router.tracees.values()):
            if tracee.scope is not None:
                tracee.scope.cancel()

    def call_from_thread(self, function: Callable[[], None]) -> None:
        """Call a function between two stops. From any thread, while the run lasts."""
        self._events.call_from_thread(function)

    def rpc(self, tid: Tid) -> LoopbackRpc[Any]:
        """Return a thread's way to the global state."""
        assert self.rpc_host is not None
        return LoopbackRpc(self.rpc_host, tid)

    def _promote(self, tracee: Tracee) -> None:
        if self.root is not None and self.root.tid == tracee.tid:
            self.root = tracee
        if tracee.thread is not None:
            self.lineage.promote(tracee.thread)


def _kill(tid: Tid) -> None:
    """SIGKILL a tracee's process. kill(2) takes any thread's id for its process.

    The id cannot have passed to a stranger: a tracee's id is free only when we have
    waited for its end.
    """
    with contextlib.suppress(ProcessLookupError):
        os.kill(tid, signal.SIGKILL)


__all__ = ["Run"]
