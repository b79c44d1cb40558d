"""The global state: it owns the output, and gathers the summary."""

import os
import sys
from dataclasses import dataclass

from reverie import GlobalTool, ReverieError, Tid, rpc
from reverie_examples.strace.options import OutputForm, StraceConfig


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


class OutputError(ReverieError):
    """The trace cannot be written any more."""


class Sink(GlobalTool[StraceConfig]):
    """Writes lines as they come, each with one write(2), so that a killed run leaves whole lines."""

    def __init__(self, config: StraceConfig) -> None:
        """Open the output."""
        self._form = config.form
        self._name = config.output or "stderr"
        self._always_name_thread = config.output is not None
        self._threads: set[int] = set()
        self._several = False
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
    async def write(self, sender: Tid, line: str) -> None:
        """Write one line about the sender."""
        if self._form is OutputForm.JSON:
            text = line
        elif self._always_name_thread:
            text = f"{sender:<5} {line}"
        elif len(self._threads) > 1:
            text = f"[pid {sender:>5}] {line}"
        else:
            text = line
        self.write_raw(text + "\n")

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
