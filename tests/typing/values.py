"""Closed unions are matched to their end, and fakes stand for what they imitate."""

from dataclasses import dataclass
from typing import Any, assert_never, assert_type

from reverie import Command, Guest, NoGlobal, Pid, Tool
from reverie.backend import Backend, Control, Deliver, Execute, Pass, Proceed, RemoteMemory, Return, RunOptions
from reverie.backend import Command as HandlersCommand
from reverie.events import Event, ProgramExecuted, SignalReceived, ThreadStarted
from reverie.syscalls import Errno, Getpid, Memory, Syscall, SyscallError
from reverie.testing import FakeGuest, FakeMemory


def carry_out(command: HandlersCommand) -> str:
    match command:
        case Proceed() | Pass():
            return "run on"
        case Execute(call):
            return call.name
        case Return(value):
            return str(value)
        case Deliver(signal):
            return str(signal)
        case _:
            assert_never(command)


def forgets_one(command: HandlersCommand) -> str:
    match command:
        case Proceed() | Pass() | Execute() | Return():
            return "run on"
        case _:
            assert_never(command)  # expect-error: arg-type


def tell(event: Event) -> str:
    match event:
        case Syscall():
            return event.name
        case SignalReceived(signal):
            return signal.name
        case ThreadStarted() | ProgramExecuted():
            return ""
        case _:
            assert_never(event)


@dataclass
class Count:
    syscalls: int = 0


class Counter(Tool[NoGlobal, Count]):
    pass


def takes_any_memory(memory: Memory) -> bytes:
    return memory.read(0, 8)


def takes_a_guest(guest: Guest[NoGlobal, Count]) -> None: ...


def wrong(call: Syscall) -> str:
    return call.name


async def fakes() -> None:
    guest = FakeGuest(NoGlobal(None), Count(), results=[1, Errno.EPERM, SyscallError(2)])
    assert_type(guest, FakeGuest[NoGlobal, Count])
    assert_type(guest.thread_state, Count)
    takes_a_guest(guest)
    takes_any_memory(guest.memory)
    takes_any_memory(FakeMemory())
    takes_any_memory(RemoteMemory(1))
    assert_type(await guest.handle(Counter(Pid(1), None), Getpid()), HandlersCommand)
    FakeGuest(NoGlobal(None), None, results=lambda call: call.number)
    FakeGuest(NoGlobal(None), None, results=wrong)  # expect-error: arg-type
    takes_a_guest(FakeGuest(NoGlobal(None), "no count"))  # expect-error: arg-type
    takes_any_memory(bytearray())  # expect-error: arg-type


def a_command(words: list[str]) -> None:
    Command(words)
    Command(("ls", "-l"), env={"A": "b"}, cwd="/")
    Command([b"ls"])  # expect-error: list-item
    Command(words, env={"A": 5})  # expect-error: dict-item
    Command(words).args = []  # expect-error: misc


def a_backend(backend: Backend, tool: type[Tool[Any, Any]]) -> None:
    backend.run(tool, Command(["ls"]), None, RunOptions("asyncio", 3), Control())
    backend.run(tool, ["ls"], None, RunOptions(), Control())  # expect-error: arg-type
    RunOptions("curio")  # expect-error: arg-type
