"""Struck: a tool that has its guest killed by SIGKILL at a stop of the test's choice, and notes what comes of it."""

import os
import queue
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio

from reverie import ExitStatus, Guest, GuestGone, Pid, Rpc, Subscription, Tid, Tool
from reverie.syscalls import Getpid, Sysno
from tests.contract.journal import Journal

KILLED = "killed by SIGKILL"


@dataclass
class Blow:
    """Who kills, and what the handler does that had it done."""

    how: str = "waits"
    """waits, asks or returns, when the handler has killed; outside, when another thread kills while it waits."""
    victims: "queue.Queue[tuple[int, bool] | None]" = field(default_factory=queue.Queue)
    """For that thread: a pid, and whether to let it go to sleep first."""

    @contextmanager
    def executioner(self) -> Iterator[None]:
        """Run the thread that kills from outside."""
        thread = threading.Thread(target=self._kill)
        thread.start()
        try:
            yield
        finally:
            self.victims.put(None)
            thread.join()

    def _kill(self) -> None:
        while (victim := self.victims.get()) is not None:
            pid, asleep = victim
            while asleep and state(pid) != "S":
                os.sched_yield()
            os.kill(pid, signal.SIGKILL)


def state(tid: int) -> str:
    """Return the letter that proc(5) has for what a thread is doing."""
    return Path(f"/proc/{tid}/stat").read_text().rpartition(")")[2].split()[0]


class Struck(Tool[Journal, None]):
    """The base: notes starts and ends. A tool of a test calls ``strike`` in the handler that it is about."""

    def __init__(self, pid: Pid, config: Blow) -> None:
        self.blow = config

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.getuid)

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        await guest.call(Journal.note, "start", guest.tid)

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Journal], state: None, status: ExitStatus) -> None:
        await rpc.call(Journal.note, "thread exit", [tid, str(status)])

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Journal], status: ExitStatus) -> None:
        await rpc.call(Journal.note, "process exit", [pid, str(status)])

    async def strike(self, guest: Guest[Journal, None]) -> None:
        """Have the guest's process killed; return only if the handler is to return."""
        await guest.call(Journal.note, "struck", guest.pid)
        if self.blow.how == "outside":
            self.blow.victims.put((guest.pid, False))
        else:
            os.kill(guest.pid, signal.SIGKILL)
        if self.blow.how == "returns":
            return
        try:
            while self.blow.how == "asks":
                await guest.inject(Getpid())
            await anyio.sleep_forever()
        finally:
            with anyio.CancelScope(shield=True):
                # One that asks may meet the death before the engine has heard of it, and is refused step by step.
                refused = [] if self.blow.how == "asks" else await self.refusals(guest)
                await guest.call(Journal.note, "dropped", refused)

    async def refusals(self, guest: Guest[Journal, None]) -> list[str]:
        """Ask the guest for all that needs it to be there, and return what was refused."""
        refused = []
        for ask in (guest.regs, guest.stack, guest.auxv):
            try:
                ask()
            except GuestGone:
                refused.append(ask.__name__)
        try:
            await guest.inject(Getpid())
        except GuestGone:
            refused.append("inject")
        return refused


def is_child(guest: Guest[Journal, None]) -> bool:
    """Tell whether the handler is one of the process that is to be killed, and not of the root that waits for it."""
    return not guest.is_root_process
