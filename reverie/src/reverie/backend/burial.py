"""The end of a thread and of a process: the exit callbacks, in the order that tools may rely on.

Every thread's ``on_exit_thread`` comes before its process's ``on_exit_process``, and the
leader's is the last of them. A thread counts as ended only when its callback has
finished, so a callback that waits holds its process's end back.
"""

from typing import Any

import anyio

from reverie.backend.dispatch import describe_error
from reverie.backend.lineage import Lineage, Process, Thread
from reverie.errors import ToolError
from reverie.global_tool import Rpc
from reverie_process import ExitStatus


class Burial:
    """The exit callbacks of one run."""

    def __init__(self, lineage: Lineage) -> None:
        self._lineage = lineage
        self._waiting: dict[Process, anyio.Event] = {}
        """A leader that waits for the other threads of its process. Not by pid, which another may have by now."""

    async def end_thread(self, thread: Thread, rpc: Rpc[Any], status: ExitStatus) -> None:
        """Run the callbacks that are due when a thread has ended, its process's with the leader's.

        Raises:
            ToolError: a callback raised. The thread is ended all the same.
        """
        process, tool = thread.process, thread.process.tool
        if thread.is_leader:
            while len(process.threads) > 1:
                event = self._waiting[process] = anyio.Event()
                await event.wait()
        try:
            try:
                await self._run(thread, "on_exit_thread", tool.on_exit_thread(thread.tid, rpc, thread.state, status))
            finally:
                if thread.is_leader:
                    await self._run(thread, "on_exit_process", tool.on_exit_process(process.pid, rpc, status))
        finally:
            self._lineage.end_thread(thread)
            event_of_leader = self._waiting.pop(process, None)
            if event_of_leader is not None:
                event_of_leader.set()

    async def _run(self, thread: Thread, name: str, callback: Any) -> None:
        try:
            await callback
        except ToolError:
            raise
        except Exception as error:
            tool = type(thread.process.tool).__name__
            raise ToolError(f"{tool}.{name} raised {describe_error(error)} for thread {thread.tid}") from error


__all__ = ["Burial"]
