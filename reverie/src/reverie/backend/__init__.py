"""The kit for those who write backends: everything about a run but how a guest is stopped."""

from reverie.backend.burial import Burial
from reverie.backend.capture import Capture
from reverie.backend.commands import PASS, PROCEED, Command, Deliver, Execute, Pass, Proceed, Return
from reverie.backend.contract import AttachingBackend, Backend, Check, EventLoop, RunOptions, RunResult
from reverie.backend.dispatch import answer_syscall, dispatch
from reverie.backend.filters import FILTER_DATA, OWN_INTEREST, Choice, filter_for, filter_on
from reverie.backend.handler_end import HandlerEnded, TailInjected
from reverie.backend.lineage import Lineage, Process, Thread
from reverie.backend.remote_memory import RemoteMemory
from reverie.backend.rpc.host import Host
from reverie.backend.rpc.loopback import LoopbackRpc
from reverie.control import Control

__all__ = [
    "FILTER_DATA",
    "OWN_INTEREST",
    "PASS",
    "PROCEED",
    "AttachingBackend",
    "Backend",
    "Burial",
    "Capture",
    "Check",
    "Choice",
    "Command",
    "Control",
    "Deliver",
    "EventLoop",
    "Execute",
    "HandlerEnded",
    "Host",
    "Lineage",
    "LoopbackRpc",
    "Pass",
    "Proceed",
    "Process",
    "RemoteMemory",
    "Return",
    "RunOptions",
    "RunResult",
    "TailInjected",
    "Thread",
    "answer_syscall",
    "dispatch",
    "filter_for",
    "filter_on",
]
