"""The tool of a round: what its handlers do is decided by the round's seed, the thread's place in the tree
and how many events it has had, never by time."""

import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, NoReturn

import anyio
import anyio.lowlevel

import reverie
from reverie import ExitStatus, GlobalTool, Guest, Pid, Rpc, Subscription, SyscallError, Tid, Tool
from reverie.syscalls import (
    ClockGettime,
    Close,
    Errno,
    Getpid,
    Getppid,
    Gettid,
    Kill,
    Nanosleep,
    SchedYield,
    Signal,
    Syscall,
    Sysno,
    Unknown,
)
from torture.ledger import Ledger, ProcessEntry, ThreadEntry
from torture.temper import Act, Aim, Place, Temper, mix

_RESTART_CODES: Final = (512, 513, 514, 516)
_ERESTARTSYS: Final = 512
_REPEATABLE: Final = frozenset({Sysno.nanosleep, Sysno.clock_nanosleep, Sysno.poll, Sysno.futex})
"""Calls that a guest of ours does not mind to have made twice: what they wait for is still to be seen."""
_MOST_KILLS: Final = 3


class Boom(Exception):
    """What a tool of these raises on purpose."""


class Wrong(Exception):
    """The tool itself saw something that cannot be: the engine's fault, whatever the round is about."""


@dataclass(slots=True)
class Job:
    """One run's configuration: how to behave, and where to keep the books."""

    temper: Temper
    ledger: Ledger
    events: int = 0
    """How many there were at the place where the tool kills or raises."""
    kills: int = 0
    daemons: int = 0
    raised: bool = False


class Tally(GlobalTool[Job]):
    """Counts messages."""

    def __init__(self, config: Job) -> None:
        self.messages = 0

    @reverie.rpc
    async def add(self, sender: Tid, words: list[int]) -> int:
        """Count a message; return the sum of its words."""
        self.messages += 1
        return sum(words)


_Guest = Guest[Tally, ThreadEntry]


class Torturer(Tool[Tally, ThreadEntry]):
    """Does to each event what the temper says."""

    def __init__(self, pid: Pid, config: Job) -> None:
        self.job = config
        self.temper = config.temper
        self.ledger = config.ledger
        self._maybe_raise(Place.MAKE_PROCESS)
        self.entry: ProcessEntry = self.ledger.open_process(pid)

    @classmethod
    def subscriptions(cls, config: Job) -> Subscription:
        """Want what the temper says."""
        return config.temper.subscription

    def init_thread_state(self, tid: Tid, parent: tuple[Tid, ThreadEntry] | None) -> ThreadEntry:
        """Enter the thread, with a key from its place in the tree."""
        self._maybe_raise(Place.MAKE_THREAD)
        if parent is None:
            key = mix(self.temper.seed, 2)
        else:
            mother = parent[1]
            mother.children += 1
            key = mix(mother.key, mother.children)
        return self.ledger.open_thread(tid, self.entry, key)

    async def handle_thread_start(self, guest: _Guest) -> None:
        """Be busy, or not."""
        await self._other_event(guest, Place.START)

    async def handle_post_exec(self, guest: _Guest) -> None:
        """Be busy, or not."""
        await self._other_event(guest, Place.EXEC)

    async def handle_signal_event(self, guest: _Guest, signal: Signal) -> Signal | None:
        """Be busy, or not; the signal is delivered."""
        if guest.siginfo().signo != signal:
            raise Wrong(f"siginfo of signal {guest.siginfo().signo} came with signal {signal}")
        await self._other_event(guest, Place.SIGNAL)
        return signal

    async def handle_syscall_event(self, guest: _Guest, call: Syscall) -> int:
        """Do one of the temper's acts."""
        number = self._count(guest)
        self._maybe_raise(Place.SYSCALL)
        await self._maybe_kill(guest, number)
        acts = self.temper.acts
        return await _ACTS[acts[number % len(acts)]](self, guest, call, number)

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Tally], state: ThreadEntry, status: ExitStatus) -> None:
        """Enter the end."""
        self.ledger.close_thread(tid, state)
        if mix(state.key, 3) % 100 < self.temper.slow:
            await anyio.sleep(self.temper.slow_us / 1e6)
        self._maybe_raise(Place.EXIT_THREAD)

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Tally], status: ExitStatus) -> None:
        """Enter the end. A guest whose process was killed may wait for it for ever: all others are ended then."""
        self.ledger.close_process(self.entry, status)
        if pid != self.entry.pid:
            raise Wrong(f"process {self.entry.pid} was told the end of {pid}")
        if self.job.kills and not self.ledger.closing:
            await anyio.sleep(mix(self.temper.seed, 4) % 10_000 / 1e6)
            self.ledger.kill_all()
        self._maybe_raise(Place.EXIT_PROCESS)

    def _count(self, guest: _Guest) -> int:
        """Return a number that is this event's own."""
        thread = guest.thread_state
        thread.events += 1
        return mix(thread.key, thread.events)

    async def _other_event(self, guest: _Guest, place: Place) -> None:
        if self.ledger.closing:
            os.kill(guest.pid, signal.SIGKILL)
        number = self._count(guest)
        self._maybe_raise(place)
        await self._maybe_kill(guest, number)
        if number % 100 < self.temper.busy:
            await self._more(guest, number >> 8)
        elif number >> 16 & 1:
            await self._wait(number >> 8)

    def _maybe_raise(self, place: Place) -> None:
        temper = self.temper
        if temper.aim is Aim.RAISE and temper.place is place:
            self.job.events += 1
            if self.job.events == temper.after + 1:
                self.job.raised = True
                raise Boom(place.name)

    async def _maybe_kill(self, guest: _Guest, number: int) -> None:
        if self.temper.aim is not Aim.KILL:
            return
        if self.ledger.closing:
            os.kill(guest.pid, signal.SIGKILL)
            return
        self.job.events += 1
        again = self.job.events > self.temper.after and number >> 32 & 31 == 0
        if self.job.kills >= _MOST_KILLS or not (self.job.events == self.temper.after or again):
            return
        if self.temper.daemons and number >> 40 & 1:
            self.job.daemons += 1
            guest.daemonize()
        else:
            self.job.kills += 1
            await self._kill(guest, number >> 41)

    async def _kill(self, guest: _Guest, number: int) -> None:
        if number & 1:
            await guest.inject(Kill(guest.pid, signal.SIGKILL))
        elif number & 2:
            os.kill(guest.pid, signal.SIGKILL)
        else:
            alive = self.ledger.alive()
            self.ledger.kill(alive[(number >> 2) % len(alive)])

    async def _wait(self, number: int) -> None:
        if number % 100 < self.temper.slow:
            await anyio.sleep((number >> 8) % self.temper.slow_us / 1e6)
        else:
            await anyio.lowlevel.checkpoint()

    async def _more(self, guest: _Guest, number: int) -> None:
        """Inject one to three calls whose results are known."""
        for turn in range(number % 3 + 1):
            if not await _known_call(guest, number >> 4 * turn + 2):
                return
            if number >> 20 & 1:
                await self._wait(number >> 24)

    # What is done to a system call; see Act.

    async def _pass(self, guest: _Guest, call: Syscall, number: int) -> NoReturn:
        await guest.tail_inject(call)

    async def _inject(self, guest: _Guest, call: Syscall, number: int) -> int:
        return await guest.inject(call)

    async def _more_and_pass(self, guest: _Guest, call: Syscall, number: int) -> NoReturn:
        await self._more(guest, number >> 8)
        await guest.tail_inject(call)

    async def _more_and_inject(self, guest: _Guest, call: Syscall, number: int) -> int:
        await self._more(guest, number >> 8)
        return await guest.inject(call)

    async def _inject_and_more(self, guest: _Guest, call: Syscall, number: int) -> int:
        try:
            result = await guest.inject(call)
        except SyscallError as error:
            result = -error.errno
        await self._more(guest, number >> 8)
        return result

    async def _restart(self, guest: _Guest, call: Syscall, number: int) -> int:
        raise SyscallError(_ERESTARTSYS)

    async def _wait_and_pass(self, guest: _Guest, call: Syscall, number: int) -> NoReturn:
        await self._wait(number >> 8)
        await guest.tail_inject(call)

    async def _inject_and_wait(self, guest: _Guest, call: Syscall, number: int) -> int:
        try:
            return await guest.inject(call)
        finally:
            await self._wait(number >> 8)

    async def _impatient(self, guest: _Guest, call: Syscall, number: int) -> NoReturn:
        with guest.stack() as stack:
            time = stack.push((3).to_bytes(8, "little") + bytes(8))
            with anyio.move_on_after((number >> 8) % 1000 / 1e6):
                try:
                    await guest.inject(Nanosleep(time, 0))
                except SyscallError as error:
                    if error.errno not in (*_RESTART_CODES, Errno.EINTR):
                        raise Wrong(f"an injected nanosleep failed with errno {error.errno}") from error
                else:
                    raise Wrong("an injected sleep of three seconds was over at once")
        await guest.tail_inject(call)

    async def _give_up(self, guest: _Guest, call: Syscall, number: int) -> int:
        if call.sysno in _REPEATABLE:
            with anyio.move_on_after((number >> 8) % 2000 / 1e6):
                return await guest.inject(call)
            if number >> 20 & 1:
                raise SyscallError(_ERESTARTSYS)
        return await guest.inject(call)

    async def _look(self, guest: _Guest, call: Syscall, number: int) -> int:
        registers = guest.regs()
        guest.memory.read(registers.rsp, 8)
        guest.set_regs(registers)
        if number >> 8 & 1:
            guest.auxv()
            return await guest.inject(call)
        await guest.tail_inject(call)

    async def _on_the_stack(self, guest: _Guest, call: Syscall, number: int) -> int:
        with guest.stack() as stack:
            place = stack.push(bytes(16))
            if await guest.inject(ClockGettime(1, place)) != 0 or guest.memory.read(place, 16) == bytes(16):
                raise Wrong("an injected clock_gettime wrote nothing")
        return await guest.inject(call)

    async def _in_a_task(self, guest: _Guest, call: Syscall, number: int) -> int:
        results = []

        async def inject() -> None:
            results.append(await guest.inject(call))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(inject)
        return results[0]

    async def _tell(self, guest: _Guest, call: Syscall, number: int) -> NoReturn:
        words = [number >> 8 & 255, number >> 16 & 255]
        if await guest.call(Tally.add, words) != sum(words):
            raise Wrong("the global state answered with another sum")
        await guest.tail_inject(call)

    async def _answer(self, guest: _Guest, call: Syscall, number: int) -> int:
        match call.sysno:
            case Sysno.getpid:
                return guest.pid
            case Sysno.gettid:
                return guest.tid
            case Sysno.sched_yield:
                return 0
        return await guest.inject(call)


_Do = Callable[[Torturer, _Guest, Syscall, int], Awaitable[int]]
_ACTS: Final[dict[Act, _Do]] = {act: getattr(Torturer, f"_{act.name.lower()}") for act in Act}


async def _known_call(guest: _Guest, number: int) -> bool:
    """Inject one call; return False when no more can be injected now, because the guest's own was interrupted."""
    calls: list[tuple[Syscall, Callable[[int], bool]]] = [
        (Getpid(), lambda result: result == guest.pid),
        (Gettid(), lambda result: result == guest.tid),
        (Getppid(), lambda result: result >= 0),
        (SchedYield(), lambda result: result == 0),
        (Close(-1), lambda result: result == -Errno.EBADF),
        (Unknown(100_000, (0, 0, 0, 0, 0, 0)), lambda result: result == -Errno.ENOSYS),
    ]
    call, fits = calls[number % len(calls)]
    try:
        result = await guest.inject(call)
    except SyscallError as error:
        if error.errno in _RESTART_CODES:
            return False
        result = -error.errno
    if not fits(result):
        raise Wrong(f"an injected {call.name} returned {result} in thread {guest.tid} of {guest.pid}")
    return True


__all__ = ["Boom", "Job", "Tally", "Torturer", "Wrong"]
