"""Guest: all that a handler may ask of the stopped thread that it was called for."""

from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, NoReturn, ParamSpec, Protocol, TypeVar

from reverie.arch.machine import Registers
from reverie.auxv import Auxv
from reverie.global_tool import GlobalTool
from reverie.stack import StackRoom
from reverie_process import Pid, Tid
from reverie_syscalls import Memory, SigInfo, Syscall

G_co = TypeVar("G_co", bound=GlobalTool[Any], covariant=True)
T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")


class GuestMemory(Memory, Protocol):
    """The memory of a guest process: what every ``Memory`` can, and one thing more."""

    def write_forced(self, address: int, data: bytes) -> None:
        """Write where the guest itself may not: to a read-only page, such as its code.

        A shared page that belongs to a file is copied for the process first, so no file changes.

        Raises:
            MemoryFault: nothing is mapped there, or it is a shared mapping without write permission.
            GuestGone: the process is gone.
        """
        ...


class Guest(Protocol[G_co, T]):
    """One stopped guest thread. The same for every backend.

    Valid while the handler runs that was given it. When the thread dies meanwhile, the
    handler is dropped at its next ``await``, and whatever it still asks raises ``GuestGone``.
    """

    thread_state: T
    """The tool's state for this thread."""

    @property
    def tid(self) -> Tid:
        """The thread's id."""
        ...

    @property
    def pid(self) -> Pid:
        """The id of the process (thread group) that the thread belongs to."""
        ...

    @property
    def ppid(self) -> Pid | None:
        """The process that started this one, or None for the root; not changed by its death."""
        ...

    @property
    def is_main_thread(self) -> bool:
        """Whether the thread leads its process."""
        ...

    @property
    def is_root_process(self) -> bool:
        """Whether the process is the one that the run began with."""
        ...

    @property
    def memory(self) -> GuestMemory:
        """The memory of the process. Other threads of it may be running."""
        ...

    def regs(self) -> Registers:
        """Return a copy of the thread's registers. May cost a round trip on some backends."""
        ...

    def set_regs(self, registers: Registers) -> None:
        """Set the thread's registers. In the syscall handler its result overwrites RAX."""
        ...

    def stack(self) -> StackRoom:
        """Return room on the thread's stack for data that an injected call reads or writes.

        Use it as ``with guest.stack() as stack: pointer = stack.push(data)``. One at a time.

        Raises:
            ReverieError: the handler has one already.
        """
        ...

    def auxv(self) -> Auxv:
        """Return the auxiliary vector of the program that the process runs."""
        ...

    def daemonize(self) -> None:
        """Let the run end without this process.

        When only such processes are left, they are killed. Children that it starts later
        are none, unless they are daemonized too.
        """
        ...

    def siginfo(self) -> SigInfo:
        """Return what came with the signal. Only in ``handle_signal_event``.

        Raises:
            ReverieError: the handler is another one.
        """
        ...

    async def inject(self, call: Syscall) -> int:
        """Execute a system call in the guest and return its result.

        In the syscall handler the call that was intercepted is executed at most once:
        by an injection that is equal to it. A successful exec and every exit end the
        handler: the code after them does not run.

        Raises:
            SyscallError: the guest's kernel said no; ``errno`` says why. The restart
                codes 512 to 516 appear here when a signal interrupted the call: to
                return the error is to let the kernel do what it would have done.
        """
        ...

    async def tail_inject(self, call: Syscall) -> NoReturn:
        """Execute a system call as the handler's last act; its result is the guest's.

        With the intercepted call itself this is the fastest answer that there is.
        Only where the guest waits for a result: in the syscall handler, and at a
        thread's start, where it only ends the handler.

        Raises:
            ReverieError: the handler is one where it means nothing.
        """
        ...

    async def call(
        self, method: Callable[Concatenate[G_co, Tid, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Call a method of the global state and wait for its result. See ``Rpc.call``."""
        ...


__all__ = ["Guest", "GuestMemory"]
