"""Intercept, change or elide the system calls of any Linux program before the kernel runs them.

This is the front door for those who write tools; ``reverie.backend`` is the one for
those who write backends.
"""

from reverie.auxv import AuxKey, Auxv
from reverie.composition import into_guest
from reverie.control import Control
from reverie.errors import (
    BackendUnavailable,
    GuestGone,
    InternalError,
    LocalProtocolError,
    ProtocolError,
    RemoteError,
    RemoteProtocolError,
    ReverieError,
    RunCancelled,
    RunTimeout,
    SyscallError,
    ToolError,
)
from reverie.global_tool import GlobalTool, NoGlobal, Rpc, rpc
from reverie.guest import Guest, GuestMemory, OwnIds
from reverie.run import RunResult, aattach, arun, attach, run, run_function
from reverie.stack import StackRoom
from reverie.subscription import Instruction, Subscription
from reverie.tool import Tool
from reverie_process import Command, ExitStatus, Pid, Tid

__all__ = [
    "AuxKey",
    "Auxv",
    "BackendUnavailable",
    "Command",
    "Control",
    "ExitStatus",
    "GlobalTool",
    "Guest",
    "GuestGone",
    "GuestMemory",
    "Instruction",
    "InternalError",
    "LocalProtocolError",
    "NoGlobal",
    "OwnIds",
    "Pid",
    "ProtocolError",
    "RemoteError",
    "RemoteProtocolError",
    "ReverieError",
    "Rpc",
    "RunCancelled",
    "RunResult",
    "RunTimeout",
    "StackRoom",
    "Subscription",
    "SyscallError",
    "Tid",
    "Tool",
    "ToolError",
    "aattach",
    "arun",
    "attach",
    "into_guest",
    "rpc",
    "run",
    "run_function",
]
