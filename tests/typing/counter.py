"""The tool of the manual: it passes as it stands, and every type in it is known."""

from dataclasses import dataclass
from typing import assert_type

import reverie
from reverie import ExitStatus, GlobalTool, Guest, Pid, Rpc, RunResult, Tid, Tool
from reverie.syscalls import Syscall


class Totals(GlobalTool[None]):
    """One for the whole run; reached by messages only."""

    syscalls = 0
    processes = 0

    @reverie.rpc
    async def add(self, sender: Tid, syscalls: int) -> None:
        self.syscalls += syscalls
        self.processes += 1


@dataclass
class Count:
    syscalls: int = 0


class Counter(Tool[Totals, Count]):
    """One for each guest process."""

    def __init__(self, pid: Pid, config: None) -> None:
        self.syscalls = 0

    async def handle_syscall_event(self, guest: Guest[Totals, Count], call: Syscall) -> int:
        guest.thread_state.syscalls += 1
        return await guest.tail_inject(call)

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Totals], state: Count, status: ExitStatus) -> None:
        self.syscalls += state.syscalls

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Totals], status: ExitStatus) -> None:
        await rpc.call(Totals.add, self.syscalls)


if __name__ == "__main__":
    run = reverie.run(Counter, ["ls", "-l"])
    print(run.global_state.syscalls, "system calls in", run.global_state.processes, "processes")
    run.status.raise_or_exit()


async def inside_a_loop() -> None:
    found = await reverie.arun(Counter, reverie.Command(["ls"]), timeout=3)
    assert_type(found, RunResult[Totals])
    assert_type(found.global_state, Totals)
