"""The books of one run: which threads and processes a tool was told of, and which of them ended how."""

import contextlib
import os
import signal
from dataclasses import dataclass, field

from reverie import ExitStatus, Pid, Tid


@dataclass(slots=True, eq=False)
class ProcessEntry:
    """A process, from the making of its tool's instance to its exit callback."""

    pid: Pid
    pidfd: int
    """So that it can be killed: an id alone may be another's by then."""
    statuses: list[ExitStatus] = field(default_factory=list)
    """What ``on_exit_process`` was told: one status, when all is well."""
    thread_ends: list[Tid] = field(default_factory=list)
    """In the order of ``on_exit_thread``."""


@dataclass(slots=True, eq=False)
class ThreadEntry:
    """A thread, from the making of its state to its exit callback."""

    tid: Tid
    """As it was at its start: an exec by another than the leader changes it."""
    process: ProcessEntry
    key: int
    """A number that decisions about this thread are made from: by its place in the tree, and not by its id."""
    children: int = 0
    events: int = 0
    ends: int = 0


class Ledger:
    """Used on the tracer's thread only, and read when the run is over."""

    def __init__(self) -> None:
        self.processes: list[ProcessEntry] = []
        self.threads: list[ThreadEntry] = []
        self.closing = False
        """Whatever is left, or still to come, is to be killed."""

    def open_process(self, pid: Pid) -> ProcessEntry:
        """Enter a process that has not begun."""
        entry = ProcessEntry(pid, os.pidfd_open(pid))
        self.processes.append(entry)
        return entry

    def open_thread(self, tid: Tid, process: ProcessEntry, key: int) -> ThreadEntry:
        """Enter a thread that has not begun."""
        entry = ThreadEntry(tid, process, key)
        self.threads.append(entry)
        return entry

    def close_thread(self, tid: Tid, entry: ThreadEntry) -> None:
        """Note that a thread's exit callback was called."""
        entry.ends += 1
        entry.process.thread_ends.append(tid)

    def close_process(self, entry: ProcessEntry, status: ExitStatus) -> None:
        """Note that a process's exit callback was called."""
        entry.statuses.append(status)
        if entry.pidfd >= 0:
            os.close(entry.pidfd)
            entry.pidfd = -1

    def alive(self) -> list[ProcessEntry]:
        """Return the processes whose exit callback was not called yet."""
        return [entry for entry in self.processes if not entry.statuses]

    def kill(self, entry: ProcessEntry) -> None:
        """Send SIGKILL to a process, if it is still there."""
        if entry.pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):  # it has ended, and that has not been told yet
                signal.pidfd_send_signal(entry.pidfd, signal.SIGKILL)

    def kill_all(self) -> None:
        """End the guest: all that is there now; handlers see to those that come later."""
        self.closing = True
        for entry in self.alive():
            self.kill(entry)

    def finish(self) -> None:
        """Give back what a process without an exit callback would keep."""
        for entry in self.processes:
            if entry.pidfd >= 0:
                os.close(entry.pidfd)
                entry.pidfd = -1

    def complaints(self, status: ExitStatus | None) -> list[str]:
        """Return what does not balance, when the run is over.

        Args:
            status: the run's; None when it ended with an error.
        """
        found = []
        for thread in self.threads:
            if thread.ends != 1:
                found.append(f"thread {thread.tid} of {thread.process.pid} had {thread.ends} exit callbacks")
        begun = {id(thread.process) for thread in self.threads}
        for process in self.processes:
            if id(process) not in begun:
                continue  # the state of its first thread could not be made, so it never started
            if len(process.statuses) != 1:
                found.append(f"process {process.pid} had {len(process.statuses)} exit callbacks")
            if process.thread_ends and process.thread_ends[-1] != Tid(process.pid):
                found.append(f"the leader of {process.pid} was not the last: {process.thread_ends}")
        if status is not None and self.processes and self.processes[0].statuses != [status]:
            told = ", ".join(map(str, self.processes[0].statuses))
            found.append(f"the run's status is {status}, and the root's exit callback was told {told}")
        return found


__all__ = ["Ledger", "ProcessEntry", "ThreadEntry"]
