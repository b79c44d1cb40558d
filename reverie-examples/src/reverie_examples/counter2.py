"""Count system calls per thread, then per process, then over the whole tree.

Usage:  reverie counter2 COMMAND...
Shows:  the three levels of state, and how each is handed on when its owner ends.
Costs:  one stop per call, one message per process.
"""

import sys
from dataclasses import dataclass

from reverie import ExitStatus, GlobalTool, Guest, Pid, Rpc, RunResult, Tid, Tool, rpc
from reverie.cli import Launch, tool_command
from reverie.syscalls import Syscall


class Totals(GlobalTool[None]):
    """One for the whole run; reached by messages only."""

    syscalls = 0
    processes = 0
    threads = 0

    @rpc
    async def add(self, sender: Tid, syscalls: int, threads: int) -> None:
        """Add what one process did."""
        self.syscalls += syscalls
        self.threads += threads
        self.processes += 1


@dataclass
class Count:
    """One for each thread."""

    syscalls: int = 0


class Counter2(Tool[Totals, Count]):
    """One for each process."""

    def __init__(self, pid: Pid, config: None) -> None:
        """Begin with nothing counted."""
        self.syscalls = 0
        self.threads = 0

    async def handle_syscall_event(self, guest: Guest[Totals, Count], call: Syscall) -> int:
        """Count in the thread's own state, and execute the call as it is."""
        guest.thread_state.syscalls += 1
        await guest.tail_inject(call)

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Totals], state: Count, status: ExitStatus) -> None:
        """Hand the thread's count on to its process."""
        self.syscalls += state.syscalls
        self.threads += 1

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Totals], status: ExitStatus) -> None:
        """Hand the process's count on to the whole."""
        await rpc.call(Totals.add, self.syscalls, self.threads)


@tool_command("counter2")
def command(launch: Launch) -> RunResult[Totals]:
    """Count the system calls, processes and threads of COMMAND and all that it starts."""
    run = launch(Counter2)
    totals = run.global_state
    print(f"{totals.syscalls} system calls in {totals.processes} processes, {totals.threads} threads", file=sys.stderr)
    return run
