"""FakeGuest: what a tool's test gives it, it answers; what a tool asks of it, it records."""

from dataclasses import dataclass

import pytest

import reverie
from reverie import (
    ExitStatus,
    GlobalTool,
    Guest,
    GuestGone,
    LocalProtocolError,
    NoGlobal,
    Pid,
    RemoteError,
    ReverieError,
    Rpc,
    SyscallError,
    Tid,
    Tool,
    ToolError,
)
from reverie.arch.x86_64 import Registers
from reverie.backend import PASS, PROCEED, Deliver, Execute, HandlerEnded, Return
from reverie.events import ProgramExecuted, SignalReceived, ThreadStarted
from reverie.testing import FakeGuest, FakeMemory
from reverie_syscalls import (
    Close,
    Errno,
    Execve,
    Exit,
    ExitGroup,
    Getpid,
    Read,
    SigInfo,
    Signal,
    Syscall,
    Write,
)

pytestmark = pytest.mark.anyio

READ = Read(3, 0x1000, 16)


class Totals(GlobalTool[None]):
    def __init__(self, config: None = None) -> None:
        self.calls: list[tuple[int, str]] = []

    @reverie.rpc
    async def add(self, sender: Tid, name: str) -> int:
        self.calls.append((sender, name))
        return len(self.calls)

    @reverie.rpc
    async def fail(self, sender: Tid) -> None:
        raise KeyError("nothing there")


@dataclass
class Count:
    syscalls: int = 0


class Counter(Tool[Totals, Count]):
    """As in the manual: counts per thread, tells the global state at the end."""

    async def handle_syscall_event(self, guest: Guest[Totals, Count], call: Syscall) -> int:
        guest.thread_state.syscalls += 1
        await guest.call(Totals.add, call.name)
        return await guest.tail_inject(call)

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Totals], state: Count, status: ExitStatus) -> None:
        await rpc.call(Totals.add, f"{state.syscalls} and {status}")


class Injecting(Tool[NoGlobal, None]):
    """Injects what its test says and returns the last result."""

    def __init__(self, *calls: Syscall) -> None:
        self.calls = calls
        self.after: list[int] = []

    async def handle_syscall_event(self, guest: Guest[NoGlobal, None], call: Syscall) -> int:
        for injected in self.calls:
            self.after.append(await guest.inject(injected))
        return self.after[-1]


class Answering(Tool[NoGlobal, None]):
    """Runs a function as its handler."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    async def handle_syscall_event(self, guest: Guest[NoGlobal, None], call: Syscall) -> int:
        self.asked.append(guest.regs())
        registers = guest.regs()
        registers["rbx"] = 7
        guest.set_regs(registers)
        return 0

    async def handle_signal_event(self, guest: Guest[NoGlobal, None], signal: Signal) -> Signal | None:
        self.asked.append(guest.siginfo())
        return None

    async def handle_post_exec(self, guest: Guest[NoGlobal, None]) -> None:
        await guest.tail_inject(Getpid())


def plain(**options: object) -> FakeGuest[NoGlobal, None]:
    return FakeGuest(NoGlobal(None), None, **options)  # type: ignore[arg-type]  # the tests' own shorthand


async def test_a_handler_runs_to_its_command() -> None:
    guest = FakeGuest(Totals(), Count())
    assert await guest.handle(Counter(Pid(1), None), READ) == PASS
    assert await guest.handle(Counter(Pid(1), None), Getpid()) == PASS
    assert guest.thread_state == Count(2)
    assert guest.tail_injected == [READ, Getpid()]
    assert guest.injected == []


async def test_the_global_state_is_a_real_one_and_knows_the_sender() -> None:
    totals = Totals()
    for tid in (7, 8):
        await FakeGuest(totals, Count(), tid=tid).handle(Counter(Pid(1), None), READ)
    assert totals.calls == [(7, "read"), (8, "read")]


async def test_what_goes_to_the_global_state_crosses_as_bytes() -> None:
    guest = FakeGuest(Totals(), Count())
    assert await guest.call(Totals.add, "x") == 1
    with pytest.raises(LocalProtocolError, match="argument 1 of add"):
        await guest.call(Totals.add, object())  # type: ignore[arg-type]  # that is the test
    with pytest.raises(LocalProtocolError, match="do not fit"):
        await guest.call(Totals.add, 5)  # type: ignore[arg-type]  # that is the test
    with pytest.raises(RemoteError, match="nothing there"):
        await guest.call(Totals.fail)


async def test_exit_callbacks_reach_the_global_state_too() -> None:
    guest = FakeGuest(Totals(), Count(3), tid=9)
    await Counter(Pid(9), None).on_exit_thread(guest.tid, guest.rpc, guest.thread_state, ExitStatus.exited(1))
    assert guest.global_state.calls == [(9, "3 and exited with 1")]


async def test_scripted_results_answer_injections_in_their_order() -> None:
    tool = Injecting(READ, Write(1, 0x1000, 5))
    guest = plain(results=[16, 5])
    assert await guest.handle(tool, READ) == Return(5)
    assert tool.after == [16, 5]
    assert guest.injected == [READ, Write(1, 0x1000, 5)]
    assert guest.tail_injected == []


async def test_a_function_answers_injections() -> None:
    guest = plain(results=lambda call: call.number * 10)
    assert await guest.handle(Injecting(Close(0)), READ) == Return(30)


@pytest.mark.parametrize("failure", [-2, (1 << 64) - 2, Errno.ENOENT, SyscallError(Errno.ENOENT)])
async def test_an_errno_is_a_syscall_error_for_the_handler_and_left_uncaught_the_result(failure: int) -> None:
    tool = Injecting(READ)
    guest = plain(results=[failure, failure])
    with pytest.raises(SyscallError) as caught:
        await guest.inject(READ)
    assert caught.value.errno is Errno.ENOENT
    assert await guest.handle(tool, READ) == Return(-2)
    assert tool.after == []


async def test_an_address_in_the_upper_half_is_a_result() -> None:
    assert await plain(results=[0xFFFF_8000_0000_0000]).inject(READ) == 0xFFFF_8000_0000_0000 - (1 << 64)


async def test_an_injection_without_a_result_left_is_named() -> None:
    guest = plain(results=[1])
    with pytest.raises(ToolError, match=r"no result is left for the injected Close\(fd=0\)"):
        await guest.handle(Injecting(READ, Close(0)), READ)


@pytest.mark.parametrize("call", [Exit(0), ExitGroup(0), Execve(0, 0, 0)])
async def test_an_exit_and_a_successful_exec_end_the_handler(call: Syscall) -> None:
    tool = Injecting(call)
    guest = plain(results=[0])
    assert await guest.handle(tool, READ) == PROCEED
    assert tool.after == []
    assert guest.injected == [call]


async def test_a_failed_exec_is_an_error_like_any_other() -> None:
    assert await plain(results=[Errno.EACCES]).handle(Injecting(Execve(0, 0, 0)), READ) == Return(-13)


async def test_a_script_can_end_the_thread_under_the_handler() -> None:
    guest = plain(results=[GuestGone("died"), HandlerEnded()])
    assert await guest.handle(Injecting(READ), READ) == PROCEED
    assert await guest.handle(Injecting(READ), READ) == PROCEED


async def test_another_call_as_the_last_act_is_executed_instead() -> None:
    class Replacing(Tool[NoGlobal, None]):
        async def handle_syscall_event(self, guest: Guest[NoGlobal, None], call: Syscall) -> int:
            await guest.tail_inject(Close(9))

    guest = plain()
    assert await guest.handle(Replacing(Pid(1), None), READ) == Execute(Close(9))
    assert guest.tail_injected == [Close(9)]


async def test_by_default_it_is_the_main_thread_of_the_root_process() -> None:
    guest = plain()
    assert (guest.tid, guest.pid, guest.ppid) == (1000, 1000, None)
    assert guest.is_main_thread
    assert guest.is_root_process


async def test_ids_are_as_given() -> None:
    guest = plain(tid=12, pid=11, ppid=10)
    assert (guest.tid, guest.pid, guest.ppid) == (12, 11, 10)
    assert not guest.is_main_thread
    assert not guest.is_root_process


async def test_registers_hold_the_call_and_keep_what_the_handler_sets() -> None:
    registers = Registers()
    registers["rsp"] = 0x7FFF_0000
    guest = plain(registers=registers)
    tool = Answering()
    assert await guest.handle(tool, READ) == Return(0)
    [seen] = tool.asked
    assert isinstance(seen, Registers)
    assert (seen.orig_rax, seen["rdi"], seen["rsi"], seen["rdx"], seen.rsp) == (0, 3, 0x1000, 16, 0x7FFF_0000)
    assert guest.regs()["rbx"] == 7
    assert registers["rbx"] == 0


async def test_registers_are_copies() -> None:
    guest = plain()
    guest.regs()["rax"] = 5
    assert guest.regs().rax == 0


async def test_siginfo_is_there_in_the_signal_handler_only() -> None:
    info = SigInfo(bytes([2]) + bytes(127))
    tool = Answering()
    guest = plain(siginfo=info)
    assert await guest.handle(tool, SignalReceived(Signal.SIGINT)) == Deliver(None)
    assert tool.asked == [info]

    class Asking(Tool[NoGlobal, None]):
        async def handle_thread_start(self, guest: Guest[NoGlobal, None]) -> None:
            guest.siginfo()

    with pytest.raises(ToolError, match="only in handle_signal_event"):
        await guest.handle(Asking(Pid(1), None), ThreadStarted())
    with pytest.raises(ReverieError, match="siginfo=SigInfo"):
        plain().siginfo()


async def test_a_last_act_where_nobody_waits_for_a_result_is_refused() -> None:
    with pytest.raises(ToolError, match="means nothing at a ProgramExecuted"):
        await plain().handle(Answering(), ProgramExecuted())


async def test_memory_is_the_one_that_was_given() -> None:
    memory = FakeMemory()
    guest = plain(memory=memory)
    address = guest.memory.place(b"hello")
    assert memory.read(address, 5) == b"hello"
    assert plain().memory is not plain().memory
