"""To the right tracee: statuses by tid, and a place for those of tids not announced yet.

A newborn's first stop can be reported before its parent's birth stop says its id, so
what nobody is known for is kept (ptrace(2), PTRACE_O_TRACECLONE).
"""

from collections import deque
from collections.abc import Callable

from reverie_process import ExitStatus, Tid
from reverie_ptrace.kernel import requests
from reverie_ptrace.stops.status import ExecStop, ExitStop, Gone, Stop, decode_status
from reverie_ptrace.tracee import Tracee


class Router:
    """All tracees of a run, by tid."""

    def __init__(self, promote: Callable[[Tracee], None]) -> None:
        """``promote`` is told of a tracee that took its leader's id over, before either runs on."""
        self.tracees: dict[int, Tracee] = {}
        self._promote = promote
        self._unknown: dict[int, deque[int]] = {}

    def deliver(self, tid: int, status: int) -> None:
        """Take a status that the kernel reported."""
        tracee = self.tracees.get(tid)
        stop = decode_status(status)
        if tracee is None:
            self._unknown.setdefault(tid, deque()).append(status)
            return
        kind = type(stop)
        if kind is ExecStop:
            tracee = self._survivor_of_exec(tracee)
        elif kind is Gone or kind is ExitStop:
            self._drop_handler(tracee)
        self._hand_over(tracee, stop)

    def add(self, tracee: Tracee) -> None:
        """Announce a tracee; what was reported for it is delivered."""
        self.tracees[tracee.tid] = tracee
        for status in self._unknown.pop(tracee.tid, ()):
            self.deliver(tracee.tid, status)

    def remove(self, tracee: Tracee) -> None:
        """Forget a tracee that is gone."""
        if self.tracees.get(tracee.tid) is tracee:
            del self.tracees[tracee.tid]

    def _hand_over(self, tracee: Tracee, stop: Stop) -> None:
        tracee.stopped.spent = type(stop) is Gone
        tracee.mailbox.put(stop)

    def _drop_handler(self, tracee: Tracee) -> None:
        """A thread that is about to end drops the handler that waits for something else."""
        tracee.dying = True
        if tracee.scope is not None and not tracee.mailbox.awaited:
            tracee.scope.cancel()

    def _survivor_of_exec(self, leader: Tracee) -> Tracee:
        """Find who is in an exec stop that was reported for its process's leader.

        When another thread than the leader calls exec, it takes the leader's id over:
        the former leader ends without a status of its own, and the caller's former id
        is never heard of again (de_thread, fs/exec.c; ptrace(2), "execve under ptrace").
        """
        former_tid = requests.geteventmsg(leader.tid)
        survivor = self.tracees.get(former_tid)
        if survivor is None or survivor is leader:
            return leader
        del self.tracees[former_tid]
        leader_tid = leader.tid
        survivor.tid = survivor.stopped.tid = Tid(leader_tid)
        self.tracees[leader_tid] = survivor
        self._promote(survivor)
        self._drop_handler(leader)
        self._hand_over(leader, Gone(ExitStatus.exited(0)))
        return survivor


__all__ = ["Router"]
