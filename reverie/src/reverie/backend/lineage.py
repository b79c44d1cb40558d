"""Who is whose child: the threads and processes of a run, and when a tool's state for each is born.

State of a new thread is made while its parent is stopped at the call that made it, so
that the tool sees the parent's state as it was at that moment.
"""

from typing import Any

import msgspec

from reverie.errors import ToolError
from reverie.tool import Tool
from reverie_process import Pid, Tid


class Process(msgspec.Struct, eq=False):
    """A thread group of the guest, with the tool's state for it."""

    pid: Pid
    ppid: Pid | None
    tool: Tool[Any, Any]
    daemon: bool = False
    """The run need not wait for it."""
    threads: dict[Tid, "Thread"] = msgspec.field(default_factory=dict)
    """Those whose exit callback has not finished yet."""


class Thread(msgspec.Struct, eq=False):
    """One thread of the guest, with the tool's state for it."""

    tid: Tid
    process: Process
    state: Any

    @property
    def is_leader(self) -> bool:
        """Whether the process ends with this thread."""
        return self.process.threads.get(Tid(self.process.pid)) is self


class Lineage:
    """All processes of one run."""

    def __init__(self, tool: type[Tool[Any, Any]], config: Any) -> None:
        self._tool = tool
        self._config = config
        self.processes: dict[Pid, Process] = {}

    def start_root(self, pid: Pid) -> Thread:
        """Make the state of the first process and its thread."""
        return self._add_thread(self._add_process(pid, None), Tid(pid), None)

    def start_thread(self, parent: Thread, tid: Tid) -> Thread:
        """Make the state of a thread that shares its parent's process."""
        return self._add_thread(parent.process, tid, parent)

    def start_process(self, parent: Thread, pid: Pid) -> Thread:
        """Make the state of a process that ``parent`` forked, and of its thread."""
        return self._add_thread(self._add_process(pid, parent.process.pid), Tid(pid), parent)

    def eldest(self) -> Thread | None:
        """Return a thread of the oldest process that is left, for a newborn whose parent is unknown."""
        for process in self.processes.values():
            for thread in process.threads.values():
                return thread
        return None

    def promote(self, survivor: Thread) -> None:
        """Make a thread that exec'ed the leader of its process.

        exec gives the caller the leader's id (de_thread, fs/exec.c). The former leader
        keeps its place among the threads that are still to end, under the id that the
        survivor gave up.
        """
        process = survivor.process
        leader_tid = Tid(process.pid)
        former = process.threads.pop(leader_tid, None)
        del process.threads[survivor.tid]
        if former is not None:
            process.threads[survivor.tid] = former
        survivor.tid = leader_tid
        process.threads[leader_tid] = survivor

    def end_thread(self, thread: Thread) -> None:
        """Forget a thread whose exit callback has finished."""
        process = thread.process
        for tid, other in process.threads.items():
            if other is thread:
                del process.threads[tid]
                break
        if not process.threads and self.processes.get(process.pid) is process:
            del self.processes[process.pid]  # its id may be another's by now

    def _add_process(self, pid: Pid, ppid: Pid | None) -> Process:
        try:
            tool = self._tool(pid, self._config)
        except Exception as error:
            raise ToolError(f"{self._tool.__name__}(pid {pid}) raised {type(error).__name__}: {error}") from error
        process = Process(pid, ppid, tool)
        self.processes[pid] = process
        return process

    def _add_thread(self, process: Process, tid: Tid, parent: Thread | None) -> Thread:
        try:
            state = process.tool.init_thread_state(tid, None if parent is None else (parent.tid, parent.state))
        except Exception as error:
            raise ToolError(
                f"{self._tool.__name__}.init_thread_state raised {type(error).__name__}: {error} for thread {tid}"
            ) from error
        thread = Thread(tid, process, state)
        process.threads[tid] = thread
        return thread


__all__ = ["Lineage", "Process", "Thread"]
