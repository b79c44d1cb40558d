"""Guest: all that a handler may ask of the stopped thread that it was called for."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Concatenate, NoReturn, ParamSpec, Protocol, TypeVar

import msgspec

from reverie.arch.fp import FpRegisters
from reverie.arch.machine import Registers
from reverie.auxv import Auxv
from reverie.global_tool import GlobalTool
from reverie.stack import StackRoom
from reverie_process import Pid, Tid
from reverie_syscalls import PATH_MAX, Memory, SigInfo, Syscall, read_cstring

G_co = TypeVar("G_co", bound=GlobalTool[Any], covariant=True)
T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")


class OwnIds(msgspec.Struct, frozen=True):
    """What a thread gets from getpid(2) and gettid(2): its ids in its own pid namespace."""

    pid: int
    tid: int


class GuestMemory(Memory, Protocol):
    """The memory of a guest process: what every ``Memory`` can, and more.

    One rule for all of it: what is not there or may not be used that way is a
    ``MemoryFault``, with the first address of which that is true.
    """

    __slots__ = ()

    def read_cstring(self, address: int, limit: int = PATH_MAX) -> bytes:
        """Return the bytes before the NUL, or the first ``limit`` of them.

        Raises:
            MemoryFault: unreadable memory comes before the NUL and before the limit.
            GuestGone: the process is gone.
        """
        return read_cstring(self, address, limit)[0]

    def read_many(self, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Return the contents of several ranges, each an address and a length: at one cost where the backend can.

        Raises:
            MemoryFault: not all of them can be read.
            GuestGone: the process is gone.
        """
        return [self.read(address, length) for address, length in ranges]

    def write_many(self, parts: Sequence[tuple[int, bytes]]) -> None:
        """Write several pieces, each an address and its data, in their order.

        Raises:
            MemoryFault: not all of them can be written; what was before the fault is.
            GuestGone: the process is gone.
        """
        for address, data in parts:
            self.write(address, data)

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

    def own_ids(self) -> OwnIds:
        """Return the thread's ids as it knows them itself.

        They differ from ``pid`` and ``tid``, which are those of the tracer's pid
        namespace, when the guest has made a pid namespace (pid_namespaces(7)).
        """
        ...

    def regs(self) -> Registers:
        """Return a copy of the thread's registers. May cost a round trip on some backends."""
        ...

    def set_regs(self, registers: Registers) -> None:
        """Set the thread's registers. In the syscall handler its result overwrites RAX."""
        ...

    def fp_regs(self) -> FpRegisters:
        """Return a copy of the thread's floating-point and vector registers."""
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

        Outside the syscall handler nothing changes a register of the guest.

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


__all__ = ["Guest", "GuestMemory", "OwnIds"]
