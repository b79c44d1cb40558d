"""Mailboxes: a stop is waited for or waits; a cancelled wait loses none."""

import asyncio
from collections.abc import Callable

import anyio
import anyio.lowlevel
import pytest

from reverie_process import ExitStatus
from reverie_ptrace.stops.mailbox import DirectMailbox, EventMailbox, Mailbox
from reverie_ptrace.stops.status import Gone, SeccompStop, SignalStop, Stop

KINDS = [("asyncio", "direct"), ("asyncio", "event"), ("trio", "event")]


@pytest.fixture(params=KINDS, ids="-".join)
def inside(request: pytest.FixtureRequest) -> Callable[[Callable[[Mailbox], object]], object]:
    """Run a coroutine function with a mailbox, inside the loop that it fits."""
    loop, kind = request.param

    def run(main: Callable[[Mailbox], object]) -> object:
        async def wrapped() -> object:
            mailbox: Mailbox = DirectMailbox(asyncio.get_running_loop()) if kind == "direct" else EventMailbox()
            return await main(mailbox)  # type: ignore[misc]  # a coroutine function

        return anyio.run(wrapped, backend=loop)

    return run


def put(mailbox: Mailbox, stop: Stop) -> None:
    """Put from where no task runs, as the engine does."""
    if isinstance(mailbox, DirectMailbox):
        asyncio.get_running_loop().call_soon(mailbox.put, stop)
    else:
        mailbox.put(stop)


async def turns(count: int = 5) -> None:
    """Let other tasks run."""
    for _ in range(count):
        await anyio.lowlevel.checkpoint()


Inside = Callable[[Callable[[Mailbox], object]], object]


def test_a_stop_that_is_there_is_taken_without_waiting(inside: Inside) -> None:
    async def main(mailbox: Mailbox) -> None:
        mailbox.put(SeccompStop())
        assert mailbox.pending == SeccompStop()
        assert not mailbox.awaited
        assert await mailbox == SeccompStop()
        assert mailbox.pending is None

    inside(main)


def test_a_stop_wakes_the_task_that_waits_for_it(inside: Inside) -> None:
    async def main(mailbox: Mailbox) -> None:
        got: list[Stop] = []

        async def take() -> None:
            for _ in range(3):
                got.append(await mailbox)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(take)
            for signo in (1, 2, 3):
                await turns()
                assert mailbox.awaited
                put(mailbox, SignalStop(signo))
                await turns()
        assert got == [SignalStop(1), SignalStop(2), SignalStop(3)]
        assert not mailbox.awaited

    inside(main)


def test_a_death_takes_the_place_of_a_stop_that_nobody_took(inside: Inside) -> None:
    async def main(mailbox: Mailbox) -> None:
        mailbox.put(SeccompStop())
        mailbox.put(Gone(ExitStatus.killed(9)))
        assert await mailbox == Gone(ExitStatus.killed(9))
        assert mailbox.pending is None

    inside(main)


def test_a_wait_can_be_cancelled_and_begun_again(inside: Inside) -> None:
    async def main(mailbox: Mailbox) -> None:
        got: list[Stop] = []
        scopes: list[anyio.CancelScope] = []

        async def take() -> None:
            with anyio.CancelScope() as scope:
                scopes.append(scope)
                await mailbox
            assert scope.cancelled_caught
            got.append(await mailbox)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(take)
            await turns()
            scopes[0].cancel()
            await turns()
            put(mailbox, SeccompStop())
        assert got == [SeccompStop()]

    inside(main)


def test_a_stop_that_comes_with_a_cancellation_is_not_lost(inside: Inside) -> None:
    async def main(mailbox: Mailbox) -> None:
        got: list[Stop] = []
        scopes: list[anyio.CancelScope] = []

        async def take() -> None:
            with anyio.CancelScope() as scope:
                scopes.append(scope)
                got.append(await mailbox)
            if not got:
                got.append(await mailbox)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(take)
            await turns()
            scopes[0].cancel()
            put(mailbox, SeccompStop())
        assert got == [SeccompStop()]

    inside(main)


def test_a_direct_mailbox_runs_its_task_at_once() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        mailbox = DirectMailbox(loop)
        order: list[str] = []

        async def take() -> None:
            await mailbox
            order.append("task")

        def put_and_note() -> None:
            mailbox.put(SeccompStop())
            order.append("after put")

        task = loop.create_task(take())
        await asyncio.sleep(0)
        loop.call_soon(put_and_note)
        await task
        assert order == ["task", "after put"]

    asyncio.run(main())
