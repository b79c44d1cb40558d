"""Tool: one handler per event, one instance per guest process."""

from typing import Any, Generic, TypeVar

from reverie.global_tool import GlobalTool, NoGlobal, Rpc
from reverie.guest import Guest
from reverie.subscription import Subscription
from reverie_process import ExitStatus, Pid, Tid
from reverie_syscalls import SigInfo, Signal, Syscall

G = TypeVar("G", bound=GlobalTool[Any])
T = TypeVar("T")


class Tool(Generic[G, T]):
    """The base of a tool: ``G`` is its global state, ``T`` its state per thread (or None).

    An instance is the state of one guest process, shared by its threads: handlers of
    different threads interleave where they ``await``. Every method has a default; a tool
    writes only those that it needs.
    """

    def __init__(self, pid: Pid, config: Any) -> None:
        """Make the state of a process, before its first thread starts."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        """Return which events the tool wants: every system call unless overridden. Asked once per run."""
        return Subscription.all_syscalls()

    def init_thread_state(self, tid: Tid, parent: tuple[Tid, T] | None) -> T:
        """Make the state of a thread: by default, call the class given as ``T``.

        Args:
            parent: the thread that started this one and its state, as it was at that
                moment; None for the first thread of all. To be read, not kept.
        """
        make: Any = thread_state_type(type(self))
        state: T = make()
        return state

    async def handle_thread_start(self, guest: Guest[G, T]) -> None:
        """Run before the first instruction of a thread."""

    async def handle_post_exec(self, guest: Guest[G, T]) -> None:
        """Run after a successful exec, before the new program's first instruction."""

    async def handle_syscall_event(self, guest: Guest[G, T], call: Syscall) -> int:
        """Run before a system call is executed; return its result for the guest.

        To return without injecting is to suppress the call. A ``SyscallError`` that
        leaves this method becomes the guest's result; any other exception ends the run,
        and so does a ``SyscallError`` that leaves any other method.
        """
        await guest.tail_inject(call)

    async def handle_signal_event(self, guest: Guest[G, T], signal: Signal) -> Signal | SigInfo | None:
        """Run before a signal is delivered; return it, another one, or None to suppress it.

        The signal itself arrives with what came with it (``guest.siginfo()``), another one
        as sent by the tracer. A ``SigInfo`` delivers the signal that it is of, with itself.
        """
        return signal

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[G], state: T, status: ExitStatus) -> None:
        """Run after a thread is gone. Its memory and registers are gone too."""

    async def on_exit_process(self, pid: Pid, rpc: Rpc[G], status: ExitStatus) -> None:
        """Run after all threads of a process are gone, and after each one's ``on_exit_thread``."""


def thread_state_type(tool: type[Tool[Any, Any]]) -> type[Any]:
    """Return the class that a tool gave as ``T``; NoneType when it gave None or nothing."""
    return _type_argument(tool, Tool, 1, type(None))


def global_state_type(tool: type[Tool[Any, Any]]) -> type[Any]:
    """Return the class that a tool gave as ``G``; NoGlobal when it gave nothing."""
    return _type_argument(tool, Tool, 0, NoGlobal)


def config_type(tool: type[Tool[Any, Any]]) -> type[Any]:
    """Return the class of a tool's configuration: what its global state gave as ``C``."""
    return _type_argument(global_state_type(tool), GlobalTool, 0, type(None))


def _type_argument(subclass: type[Any], generic: type[Any], index: int, default: type[Any]) -> type[Any]:
    """Find a type argument where the class statement gave it: ``class Counter(Tool[Totals, Count])``."""
    for ancestor in subclass.__mro__:
        for base in getattr(ancestor, "__orig_bases__", ()):
            if getattr(base, "__origin__", None) is generic:
                argument = base.__args__[index]
                return argument if isinstance(argument, type) and argument is not Any else default
    return default


__all__ = ["Tool", "config_type", "global_state_type", "thread_state_type"]
