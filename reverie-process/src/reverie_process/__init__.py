"""Start a process exactly as wanted, and learn how it ended. Useful without tracing."""

from reverie_process.command import DEVNULL, PIPE, STDOUT, Command, find_program
from reverie_process.errors import SpawnError
from reverie_process.exit_status import ExitStatus
from reverie_process.ids import Pid, Tid
from reverie_process.spawn import Spawned, high_pipe, read_report, spawn

__all__ = [
    "DEVNULL",
    "PIPE",
    "STDOUT",
    "Command",
    "ExitStatus",
    "Pid",
    "SpawnError",
    "Spawned",
    "Tid",
    "find_program",
    "high_pipe",
    "read_report",
    "spawn",
]
