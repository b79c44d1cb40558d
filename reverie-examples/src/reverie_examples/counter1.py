"""Count the system calls of a process tree, one message per call.

Usage:  reverie counter1 COMMAND...
Shows:  global state, reached by a typed message from every handler.
Costs:  one stop and one message per call. ``counter2`` counts the same with fewer messages.
"""

import sys

from reverie import GlobalTool, Guest, RunResult, Tid, Tool, rpc
from reverie.cli import Launch, tool_command
from reverie.syscalls import Syscall


class Total(GlobalTool[None]):
    """One for the whole run."""

    syscalls = 0

    @rpc
    async def count(self, sender: Tid) -> None:
        """Count one call."""
        self.syscalls += 1


class Counter1(Tool[Total, None]):
    """Tells the global state of every call, then lets it pass."""

    async def handle_syscall_event(self, guest: Guest[Total, None], call: Syscall) -> int:
        """Count, and execute the call as it is."""
        await guest.call(Total.count)
        await guest.tail_inject(call)


@tool_command("counter1")
def command(launch: Launch) -> RunResult[Total]:
    """Count the system calls of COMMAND and all that it starts."""
    run = launch(Counter1)
    print(f"{run.global_state.syscalls} system calls", file=sys.stderr)
    return run
