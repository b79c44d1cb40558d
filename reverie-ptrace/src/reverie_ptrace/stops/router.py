"""To the right tracee: statuses by tid, and a place for those of tids not announced yet.

A newborn's first stop can be reported before its parent's birth stop says its id, so
what nobody is known for is kept (ptrace(2), PTRACE_O_TRACECLONE).
"""

import contextlib
from collections import deque
from collections.abc import Callable

from reverie_process import ExitStatus, Tid
from reverie_ptrace.kernel import requests
from reverie_ptrace.stops.status import ExecStop, ExitStop, Gone, Stop, decode_status
from reverie_ptrace.tracee import Tracee


class Router:
    """All tracees of a run, by tid."""

    def __init__(
        self,
        promote: Callable[[Tracee], object],
        meet: Callable[[Tid, bool], object],
        lose: Callable[[Tracee], object],
    ) -> None:
        """Make a table.

        Args:
            promote: told of a tracee that took its leader's id over, before either runs on.
            meet: told of a tid that nobody has announced, when its first status comes, and
                when it is about to end (True).
            lose: told of a tracee that is about to end, and of one that has ended while such tids wait.
        """
        self.tracees: dict[int, Tracee] = {}
        self._promote = promote
        self._meet = meet
        self._lose = lose
        self._unknown: dict[int, deque[int]] = {}

    def deliver(self, tid: int, status: int) -> None:
        """Take a status that the kernel reported."""
        tracee = self.tracees.get(tid)
        stop = decode_status(status)
        if tracee is None:
            self._keep(tid, status)
            return
        kind = type(stop)
        if kind is ExecStop:
            tracee = self._survivor_of_exec(tracee)
        elif kind is Gone:
            self.tell_end(tracee, stop)
            return
        elif kind is ExitStop:
            self._drop_handler(tracee)
            self._note_status(tracee)
            self._lose(tracee)
        self._hand_over(tracee, stop)

    def tell_end(self, tracee: Tracee, stop: Stop) -> None:
        """Take the end of a tracee, unless another thread has its id by now."""
        if self.tracees.get(tracee.tid) is tracee:
            self._drop_handler(tracee)
            if self._unknown:
                self._lose(tracee)
            self.remove(tracee)  # its id is free now, and may be another's long before the exit callbacks are over
            self._hand_over(tracee, stop)
            self._end_phantoms(tracee.tid, stop)

    def strangers(self) -> list[Tid]:
        """Return the tids that have stopped and that nobody has announced."""
        return [Tid(tid) for tid, statuses in self._unknown.items() if not _is_end(statuses[0])]

    def add(self, tracee: Tracee) -> None:
        """Announce a tracee; what was reported for it is delivered."""
        self.tracees[tracee.tid] = tracee
        for status in self._unknown.pop(tracee.tid, ()):
            self.deliver(tracee.tid, status)

    def remove(self, tracee: Tracee) -> None:
        """Forget a tracee that is gone."""
        if self.tracees.get(tracee.tid) is tracee:
            del self.tracees[tracee.tid]

    def _keep(self, tid: int, status: int) -> None:
        kept = self._unknown.setdefault(tid, deque())
        kept.append(status)
        dying = type(decode_status(status)) is ExitStop
        if dying or (len(kept) == 1 and not _is_end(status)):
            self._meet(Tid(tid), dying)

    def _hand_over(self, tracee: Tracee, stop: Stop) -> None:
        tracee.stopped.spent = type(stop) is Gone
        tracee.mailbox.put(stop)

    def _end_phantoms(self, pid: int, stop: Stop) -> None:
        """Give a leader's end also to threads that cannot have one of their own any more.

        A leader's end is reported after all others of its process (wait_task_zombie,
        kernel/exit.c). Who is left then has exec'ed, so that its tid is no more, and was
        killed before its exec stop could be asked for that tid.
        """
        for tracee in tuple(self.tracees.values()):
            if tracee.tid != pid and tracee.thread is not None and tracee.thread.process.pid == pid:
                self._drop_handler(tracee)
                self.remove(tracee)
                self._hand_over(tracee, stop)

    def _drop_handler(self, tracee: Tracee) -> None:
        """A thread that is about to end drops the handler that waits for something else."""
        tracee.dying = True
        if tracee.scope is not None and not tracee.mailbox.awaited:
            tracee.scope.cancel()

    def _note_status(self, tracee: Tracee) -> None:
        """Keep the status that a leader's exit stop tells: none is reported if another thread then execs."""
        thread = tracee.thread
        if thread is not None and thread.is_leader and len(thread.process.threads) > 1:
            with contextlib.suppress(ProcessLookupError):
                tracee.exit_word = requests.geteventmsg(tracee.tid)

    def _survivor_of_exec(self, leader: Tracee) -> Tracee:
        """Find who is in an exec stop that was reported for its process's leader.

        When another thread than the leader calls exec, it takes the leader's id over:
        the former leader ends without a status of its own, and the caller's former id
        is never heard of again (de_thread, fs/exec.c; ptrace(2), "execve under ptrace").
        """
        try:
            former_tid = requests.geteventmsg(leader.tid)
        except ProcessLookupError:
            return leader  # killed at its exec stop: what comes next is the leader's end, which _end_phantoms shares
        survivor = self.tracees.get(former_tid)
        if survivor is None or survivor is leader:
            return leader
        del self.tracees[former_tid]
        leader_tid = leader.tid
        survivor.tid = survivor.stopped.tid = Tid(leader_tid)
        self.tracees[leader_tid] = survivor
        self._promote(survivor)
        self._drop_handler(leader)
        self._hand_over(leader, Gone(ExitStatus.from_raw(leader.exit_word)))
        return survivor


def _is_end(status: int) -> bool:
    """As a first status it is that of a child which somebody started on this thread, and no tracee's, as a rule."""
    return type(decode_status(status)) is Gone


__all__ = ["Router"]
