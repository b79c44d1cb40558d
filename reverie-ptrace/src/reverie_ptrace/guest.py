"""The Guest protocol over a Tracee: what a handler holds."""

from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, NoReturn, ParamSpec, TypeVar

from reverie import Auxv, GlobalTool, GuestGone, OwnIds, ReverieError, StackRoom
from reverie.arch.fp import FpRegisters
from reverie.arch.machine import SP, Registers
from reverie.backend import LoopbackRpc, RemoteMemory, TailInjected, Thread
from reverie.tool import Tool
from reverie_process import Pid, Tid
from reverie_ptrace.commands.inject import inject
from reverie_ptrace.commands.place import read_auxv
from reverie_ptrace.commands.registers import know_registers
from reverie_ptrace.proc_status import status_fields
from reverie_ptrace.run import Run
from reverie_ptrace.tracee import Tracee
from reverie_syscalls import SigInfo, Syscall, SyscallError

G = TypeVar("G", bound=GlobalTool[Any])
R = TypeVar("R")
P = ParamSpec("P")

_FIRST_ERRNO = (1 << 64) - 4095
_SIGN = 1 << 63


class PtraceGuest:
    """One thread, to be used while a handler of it runs. See ``reverie.Guest``."""

    __slots__ = ("_run", "_stack", "_thread", "_tracee")

    def __init__(self, run: Run, tracee: Tracee, thread: Thread) -> None:
        self._run = run
        self._tracee = tracee
        self._thread = thread
        self._stack: StackRoom | None = None

    @property
    def tool(self) -> Tool[Any, Any]:
        """The tool's state for the process: whom the handler belongs to."""
        return self._thread.process.tool

    @property
    def tid(self) -> Tid:
        """See ``reverie.Guest``."""
        return self._thread.tid

    @property
    def pid(self) -> Pid:
        """See ``reverie.Guest``."""
        return self._thread.process.pid

    @property
    def ppid(self) -> Pid | None:
        """See ``reverie.Guest``."""
        return self._thread.process.ppid

    @property
    def is_main_thread(self) -> bool:
        """See ``reverie.Guest``."""
        return self._thread.is_leader

    @property
    def is_root_process(self) -> bool:
        """See ``reverie.Guest``."""
        return self._thread.process.ppid is None

    @property
    def thread_state(self) -> Any:
        """See ``reverie.Guest``."""
        return self._thread.state

    @thread_state.setter
    def thread_state(self, state: Any) -> None:
        self._thread.state = state

    @property
    def memory(self) -> RemoteMemory:
        """See ``reverie.Guest``."""
        return RemoteMemory(self._thread.tid)

    def own_ids(self) -> OwnIds:
        """See ``reverie.Guest``."""
        self._check()
        try:
            fields = status_fields(self.tid, "NStgid", "NSpid")
        except OSError:
            raise self._gone() from None
        pid, tid = (int(fields.get(name, "0").split()[-1]) for name in ("NStgid", "NSpid"))
        return OwnIds(pid or self.pid, tid or self.tid)

    def fp_regs(self) -> FpRegisters:
        """See ``reverie.Guest``."""
        self._check()
        try:
            return FpRegisters.from_bytes(self._tracee.stopped.fp_registers())
        except ProcessLookupError:
            raise self._gone() from None

    def regs(self) -> Registers:
        """See ``reverie.Guest``."""
        self._check()
        try:
            return Registers(know_registers(self._tracee).words.tobytes())
        except ProcessLookupError:
            raise self._gone() from None

    def set_regs(self, registers: Registers) -> None:
        """See ``reverie.Guest``."""
        self._check()
        tracee = self._tracee
        tracee.registers.words[:] = memoryview(registers.words)
        tracee.registers_known = tracee.registers_changed = True

    def stack(self) -> StackRoom:
        """See ``reverie.Guest``."""
        self._check()
        if self._stack is not None and self._stack.is_open:
            raise ReverieError("this handler has room on the guest's stack already: use that, or leave its with block")
        self._stack = StackRoom(self.memory, self.regs().words[SP])
        return self._stack

    def auxv(self) -> Auxv:
        """See ``reverie.Guest``."""
        self._check()
        return read_auxv(self.tid)

    def daemonize(self) -> None:
        """See ``reverie.Guest``."""
        self._thread.process.daemon = True
        self._run.end_daemons()

    def siginfo(self) -> SigInfo:
        """See ``reverie.Guest``."""
        if self._tracee.siginfo is None:
            raise ReverieError("guest.siginfo() is there only in handle_signal_event: no signal stopped this thread")
        return SigInfo.from_bytes(self._tracee.siginfo)

    async def inject(self, call: Syscall) -> int:
        """See ``reverie.Guest``."""
        self._check()
        try:
            raw = await inject(self._run, self._tracee, call)
        except ProcessLookupError:
            raise self._gone() from None
        if raw < _SIGN:
            return raw
        if raw >= _FIRST_ERRNO:
            raise SyscallError((1 << 64) - raw)
        return raw - (1 << 64)

    async def tail_inject(self, call: Syscall) -> NoReturn:
        """See ``reverie.Guest``."""
        self._check()
        if not self._tracee.tail_allowed:
            raise ReverieError(
                "tail_inject means nothing here: no call waits for a result. Use inject, and let the handler return"
            )
        raise TailInjected(call)

    async def call(
        self, method: Callable[Concatenate[G, Tid, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """See ``reverie.Guest``."""
        rpc: LoopbackRpc[Any] = self._run.rpc(self._thread.tid)
        return await rpc.call(method, *args, **kwargs)

    def _check(self) -> None:
        if self._tracee.dying or self._tracee.handler_over:
            raise self._gone()
        if self._tracee.stopped.spent:
            raise ReverieError(
                f"the guest handle of thread {self.tid} was used after its handler had ended: it is running again."
                " Do all that needs it before the handler returns"
            )

    def _gone(self) -> GuestGone:
        return GuestGone(f"thread {self.tid} died or exec'ed while a handler held it")


__all__ = ["PtraceGuest"]
