"""FakeGuest: a guest thread that is not there, for unit tests of tools.

It answers as a backend's guest does, from what the test gave it. Handlers run through the
kit's dispatch, and calls to the global state cross as bytes through the kit's loopback,
so a tool that passes here meets nothing new in a real run but the real kernel.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, Concatenate, Final, Generic, NoReturn, ParamSpec, TypeVar

from reverie.arch.fp import FpRegisters
from reverie.arch.machine import ARGUMENTS, NUMBER, SP, Registers
from reverie.auxv import Auxv
from reverie.backend.commands import Command
from reverie.backend.dispatch import dispatch
from reverie.backend.handler_end import HandlerEnded, TailInjected
from reverie.backend.rpc.host import Host
from reverie.backend.rpc.loopback import LoopbackRpc
from reverie.errors import ReverieError
from reverie.events import Event, ProgramExecuted, SignalReceived
from reverie.global_tool import GlobalTool
from reverie.guest import OwnIds
from reverie.stack import StackRoom
from reverie.testing.memory import FakeMemory
from reverie.tool import Tool
from reverie_process import Pid, Tid
from reverie_syscalls import Errno, SigInfo, Syscall, SyscallError, Sysno, result_of

G = TypeVar("G", bound=GlobalTool[Any])
T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")

Result = int | Errno | BaseException
"""What an injected call comes to: a raw result as the kernel gives it, where -4095..-1 is an errno; an
``Errno``, which means the same; or an exception to raise."""

_EXITS: Final = frozenset({Sysno.exit, Sysno.exit_group})
_EXECS: Final = frozenset({Sysno.execve, Sysno.execveat})


class FakeGuest(Generic[G, T]):
    """One guest thread, stopped for as long as the test likes. See ``reverie.Guest``.

    Args:
        global_state: a real one, such as ``Totals(config)`` or ``NoGlobal(None)``. Several
            guests may share it, as the threads of a run do.
        thread_state: the tool's state for this thread; ``guest.thread_state`` afterwards.
        results: what injected calls come to, one after the other, or a function from the
            call to its result. An errno, as ``-2`` or ``Errno.ENOENT``, becomes a ``SyscallError``.
        memory: the guest's memory; an empty one by default.
        tid, pid, ppid: its ids. By default it is the main thread of the root process.
        registers: as they are at the first handler; a syscall event sets the call's own.
        siginfo: what ``siginfo()`` returns in the signal handler.
        own_ids: its ids in a pid namespace of its own; the same ones by default.
    """

    def __init__(
        self,
        global_state: G,
        thread_state: T,
        *,
        results: Iterable[Result] | Callable[[Syscall], Result] = (),
        memory: FakeMemory | None = None,
        tid: int = 1000,
        pid: int | None = None,
        ppid: int | None = None,
        registers: Registers | None = None,
        siginfo: SigInfo | None = None,
        auxv: Auxv | None = None,
        fp_registers: FpRegisters | None = None,
        own_ids: OwnIds | None = None,
    ) -> None:
        self.global_state = global_state
        self.thread_state = thread_state
        self.daemonized = False
        """Whether the tool has let the run end without the process."""
        self.injected: list[Syscall] = []
        """The calls that were injected, in their order; not those that were tail-injected."""
        self.tail_injected: list[Syscall] = []
        """The calls that were a handler's last act."""
        self.rpc: LoopbackRpc[G] = LoopbackRpc(Host(global_state), Tid(tid))
        """For the exit callbacks: ``await tool.on_exit_thread(guest.tid, guest.rpc, ...)``."""
        self._memory = FakeMemory() if memory is None else memory
        self._result_of = results if callable(results) else _script(iter(results))
        self._tid = Tid(tid)
        self._pid = Pid(tid if pid is None else pid)
        self._ppid = None if ppid is None else Pid(ppid)
        self._registers = Registers() if registers is None else registers.copy()
        self._siginfo = siginfo
        self._fp_registers = FpRegisters(bytes(1024)) if fp_registers is None else fp_registers
        self._own_ids = own_ids
        self._auxv = Auxv({}) if auxv is None else auxv
        self._event: Event | None = None

    async def handle(self, tool: Tool[G, T], event: Event) -> Command:
        """Let a tool's handler answer an event, and return the command that a backend would carry out.

        Args:
            event: a system call, or a value of ``reverie.events``.

        Raises:
            ToolError: the handler raised, or answered with something that is no answer.
        """
        if isinstance(event, Syscall):
            self._registers.words[NUMBER] = event.number
            for register, word in zip(ARGUMENTS, event.words, strict=True):
                self._registers.words[register] = word
        self._event = event
        try:
            return await dispatch(tool, self, event)
        finally:
            self._event = None

    @property
    def tid(self) -> Tid:
        """See ``reverie.Guest``."""
        return self._tid

    @property
    def pid(self) -> Pid:
        """See ``reverie.Guest``."""
        return self._pid

    @property
    def ppid(self) -> Pid | None:
        """See ``reverie.Guest``."""
        return self._ppid

    @property
    def is_main_thread(self) -> bool:
        """See ``reverie.Guest``."""
        return int(self._tid) == int(self._pid)

    @property
    def is_root_process(self) -> bool:
        """See ``reverie.Guest``."""
        return self._ppid is None

    @property
    def memory(self) -> FakeMemory:
        """See ``reverie.Guest``. It also has what only the fake offers, such as ``place``."""
        return self._memory

    def own_ids(self) -> OwnIds:
        """See ``reverie.Guest``."""
        return OwnIds(self._pid, self._tid) if self._own_ids is None else self._own_ids

    def fp_regs(self) -> FpRegisters:
        """See ``reverie.Guest``."""
        return self._fp_registers

    def regs(self) -> Registers:
        """See ``reverie.Guest``."""
        return self._registers.copy()

    def set_regs(self, registers: Registers) -> None:
        """See ``reverie.Guest``."""
        self._registers = registers.copy()

    def stack(self) -> StackRoom:
        """See ``reverie.Guest``. The registers must have an rsp with memory below it."""
        return StackRoom(self._memory, self._registers.words[SP])

    def auxv(self) -> Auxv:
        """See ``reverie.Guest``."""
        return self._auxv

    def daemonize(self) -> None:
        """See ``reverie.Guest``. Afterwards ``daemonized`` is True."""
        self.daemonized = True

    def siginfo(self) -> SigInfo:
        """See ``reverie.Guest``."""
        if self._event is not None and not isinstance(self._event, SignalReceived):
            raise ReverieError("guest.siginfo() is there only in handle_signal_event: no signal stopped this thread")
        if self._siginfo is None:
            raise ReverieError("this FakeGuest has no siginfo: make it with FakeGuest(..., siginfo=SigInfo(...))")
        return self._siginfo

    async def inject(self, call: Syscall) -> int:
        """See ``reverie.Guest``. The call is recorded; ``results`` says what it comes to."""
        self.injected.append(call)
        if call.sysno in _EXITS:
            raise HandlerEnded
        result = self._result_of(call)
        if isinstance(result, BaseException):
            raise result
        value = result if isinstance(result, Errno) else result_of(result)
        if isinstance(value, Errno):
            raise SyscallError(value)
        if call.sysno in _EXECS:
            raise HandlerEnded
        return value

    async def tail_inject(self, call: Syscall) -> NoReturn:
        """See ``reverie.Guest``. The call is recorded, and is in the command that ``handle`` returns."""
        if isinstance(self._event, SignalReceived | ProgramExecuted):
            raise ReverieError(
                f"tail_inject means nothing at a {type(self._event).__name__}, where the guest waits for no result:"
                " use inject"
            )
        self.tail_injected.append(call)
        raise TailInjected(call)

    async def call(
        self, method: Callable[Concatenate[G, Tid, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """See ``reverie.Guest``. Arguments and result cross as MessagePack bytes."""
        return await self.rpc.call(method, *args, **kwargs)


def _script(results: Iterator[Result]) -> Callable[[Syscall], Result]:
    def result_of(call: Syscall) -> Result:
        try:
            return next(results)
        except StopIteration:
            raise AssertionError(
                f"no result is left for the injected {call!r}: give one more to FakeGuest(results=[...]),"
                " or a function from the call to its result"
            ) from None

    return result_of


__all__ = ["FakeGuest", "Result"]
