"""The global state: it owns the output, and gathers the summary."""

import os
import sys
from dataclasses import dataclass

from reverie import GlobalTool, Tid, ToolError, rpc
from reverie.syscalls import RESULT_COLUMN
from reverie_examples.strace.lines import Stamp
from reverie_examples.strace.options import StraceConfig


@dataclass
class Tally:
    """What is known of one system call for the summary."""

    calls: int = 0
    errors: int = 0
    nanoseconds: int = 0

    def add(self, other: "Tally") -> None:
        """Add what another thread counted."""
        self.calls += other.calls
        self.errors += other.errors
        self.nanoseconds += other.nanoseconds


class OutputError(ToolError):
    """The trace cannot be written any more."""


class Sink(GlobalTool[StraceConfig]):
    """Writes lines as they come, each with one write(2), so that a killed run leaves whole lines."""

    def __init__(self, config: StraceConfig) -> None:
        """Open the output."""
        self._stamp = Stamp(config.clock)
        self._name = config.output or "stderr"
        self._always_name_thread = config.output is not None
        self._threads: set[int] = set()
        self.tallies: dict[str, Tally] = {}
        if config.output is None:
            if sys.stderr is None:
                raise OutputError("stderr is closed, so there is nowhere to print the trace: name a file with -o")
            self._file = os.dup(sys.stderr.fileno())
        else:
            flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | (os.O_APPEND if config.append else os.O_TRUNC)
            try:
                self._file = os.open(config.output, flags, 0o666)
            except OSError as error:
                raise OutputError(f"cannot open {config.output}: {error.strerror}") from error

    @rpc
    async def thread_started(self, sender: Tid) -> None:
        """Note a thread, for strace names threads only while there are several."""
        self._threads.add(sender)

    @rpc
    async def thread_ended(self, sender: Tid, tallies: dict[str, Tally]) -> None:
        """Forget a thread and take its part of the summary."""
        self._threads.discard(sender)
        for name, tally in tallies.items():
            self.tallies.setdefault(name, Tally()).add(tally)

    @rpc
    async def write(self, sender: Tid, began_ns: int, text: str, result: str | None) -> None:
        """Write one line about the sender; a call's result stands in strace's column of the whole line."""
        line = self._thread_prefix(sender) + self._stamp(began_ns) + text
        if result is not None:
            line = f"{line:<{RESULT_COLUMN}} = {result}"
        self.write_raw(line + "\n")

    @rpc
    async def write_json(self, sender: Tid, line: str) -> None:
        """Write one JSON object."""
        self.write_raw(line + "\n")

    def _thread_prefix(self, tid: Tid) -> str:
        if self._always_name_thread:
            return f"{tid:<5} "
        return f"[pid {tid:>5}] " if len(self._threads) > 1 else ""

    def write_raw(self, text: str) -> None:
        """Write text as it is."""
        data = memoryview(text.encode(errors="surrogateescape"))
        try:
            while data:
                data = data[os.write(self._file, data) :]
        except OSError as error:
            raise OutputError(f"cannot write the trace to {self._name}: {error.strerror}") from error

    def close(self) -> None:
        """Close the output."""
        os.close(self._file)


__all__ = ["OutputError", "Sink", "Tally"]
