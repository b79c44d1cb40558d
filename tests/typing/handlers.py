"""Handlers: what they are given, and what they may return."""

from dataclasses import dataclass
from typing import Never, assert_type

from reverie import ExitStatus, Guest, GuestMemory, NoGlobal, Pid, Rpc, Tid, Tool
from reverie.syscalls import Openat, Read, Signal, Syscall


@dataclass
class Count:
    syscalls: int = 0


class Right(Tool[NoGlobal, Count]):
    async def handle_syscall_event(self, guest: Guest[NoGlobal, Count], call: Syscall) -> int:
        assert_type(guest.tid, Tid)
        assert_type(guest.pid, Pid)
        assert_type(guest.ppid, Pid | None)
        assert_type(guest.thread_state, Count)
        assert_type(guest.memory, GuestMemory)
        guest.thread_state = Count(5)
        match call:
            case Read(fd=fd, len=length) if length > 1:
                assert_type(fd, int)
                return await guest.inject(call.replace(len=1))
            case Openat():
                assert_type(call.path.read(guest.memory), str)
        assert_type(await guest.inject(call), int)
        await guest.tail_inject(call)

    async def handle_signal_event(self, guest: Guest[NoGlobal, Count], signal: Signal) -> Signal | None:
        return None

    def init_thread_state(self, tid: Tid, parent: tuple[Tid, Count] | None) -> Count:
        return Count() if parent is None else parent[1]


class NarrowerResult(Tool[NoGlobal, None]):
    async def handle_signal_event(self, guest: Guest[NoGlobal, None], signal: Signal) -> Signal:
        return signal


class WrongResult(Tool[NoGlobal, None]):
    async def handle_syscall_event(self, guest: Guest[NoGlobal, None], call: Syscall) -> str:  # expect-error: override
        return ""

    async def handle_signal_event(self, guest: Guest[NoGlobal, None], signal: Signal) -> int:  # expect-error: override
        return 9

    def init_thread_state(self, tid: Tid, parent: tuple[Tid, None] | None) -> int:  # expect-error: override
        return 0


class ForgetsTheResult(Tool[NoGlobal, None]):
    async def handle_syscall_event(self, guest: Guest[NoGlobal, None], call: Syscall) -> int:  # expect-error: return
        await guest.inject(call)


class NotAsync(Tool[NoGlobal, None]):
    def handle_syscall_event(self, guest: Guest[NoGlobal, None], call: Syscall) -> int:  # expect-error: override
        return 0


class WrongArguments(Tool[NoGlobal, None]):
    async def handle_syscall_event(self, guest: Guest[NoGlobal, None], call: Read) -> int:  # expect-error: override
        return 0

    async def handle_thread_start(self, guest: Guest[NoGlobal, None], tid: Tid) -> None:  # expect-error: override
        return None

    async def on_exit_thread(
        self,
        tid: Pid,  # expect-error: override
        rpc: Rpc[NoGlobal],
        state: None,
        status: ExitStatus,
    ) -> None:
        return None


class WrongState(Tool[NoGlobal, Count]):
    async def handle_syscall_event(self, guest: Guest[NoGlobal, str], call: Syscall) -> int:  # expect-error: override
        return 0


class WrongUse(Tool[NoGlobal, Count]):
    async def handle_syscall_event(self, guest: Guest[NoGlobal, Count], call: Syscall) -> int:
        guest.tid = Tid(1)  # expect-error: misc
        guest.thread_state = 5  # expect-error: assignment
        guest.thread_state.calls += 1  # expect-error: attr-defined
        await guest.inject("read")  # expect-error: arg-type
        await guest.inject(call.number)  # expect-error: arg-type
        return guest.inject(call)  # expect-error: return-value


async def an_id_is_not_another(guest: Guest[NoGlobal, None]) -> Tid:
    return guest.pid  # expect-error: return-value


async def nothing_runs_after_a_tail_inject(guest: Guest[NoGlobal, None], call: Syscall) -> Never:
    await guest.tail_inject(call)
