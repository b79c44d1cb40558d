"""Chronicle: a tool that notes births, execs and ends, and the calls that a test names; it changes nothing."""

from typing import Any

from reverie import ExitStatus, Guest, Pid, Rpc, Subscription, Tid, Tool
from reverie.syscalls import Syscall
from tests.contract.journal import Journal


class Chronicle(Tool[Journal, None]):
    """Its config is the names of the calls that it is to note, if any."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(*config) if config else Subscription.none()

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        await guest.call(Journal.note, "start", [guest.tid, guest.pid, guest.ppid])

    async def handle_post_exec(self, guest: Guest[Journal, None]) -> None:
        await guest.call(Journal.note, "exec", [guest.tid, guest.pid])

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        await guest.call(Journal.note, call.name, guest.tid)
        await guest.tail_inject(call)

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: None, status: ExitStatus) -> None:
        await rpc.call(Journal.note, "thread exit", [tid, str(status)])

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Journal], status: ExitStatus) -> None:
        await rpc.call(Journal.note, "process exit", [pid, str(status)])


def ends(journal: Journal) -> dict[int, str]:
    """Return each process's status, checking that it ended once and after its own thread."""
    found = {}
    for pid, status in journal.values("process exit"):
        assert pid not in found
        assert journal.index("thread exit", [pid, status]) < journal.index("process exit", [pid, status])
        found[pid] = status
    return found
