"""The exit callbacks: each once, a process's after all of its threads', whatever waits or raises."""

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest

from reverie import ExitStatus, GlobalTool, Pid, Rpc, Tid, Tool, ToolError
from reverie.backend import Burial, Host, Lineage, LoopbackRpc, Thread
from reverie.testing import Recorder

pytestmark = pytest.mark.anyio

DONE = ExitStatus.exited(0)


class Script:
    """The configuration: where to note, and what an exit callback does."""

    def __init__(self) -> None:
        self.recorder = Recorder()
        self.at: dict[str, Callable[[], Awaitable[None]]] = {}

    async def run(self, what: str) -> None:
        self.recorder.note(f"{what} begins")
        if what in self.at:
            await self.at[what]()
        self.recorder.note(what)


class Mourning(Tool[GlobalTool[Script], str]):
    """Notes every callback."""

    def __init__(self, pid: Pid, config: Script) -> None:
        self.script = config

    def init_thread_state(self, tid: Tid, parent: tuple[Tid, str] | None) -> str:
        return f"state of {tid}"

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Any], state: str, status: ExitStatus) -> None:
        assert state == f"state of {tid}"
        await self.script.run(f"thread {tid} {status}")

    async def on_exit_process(self, pid: Pid, rpc: Rpc[Any], status: ExitStatus) -> None:
        await self.script.run(f"process {pid} {status}")


class Family:
    """A lineage with a burial and a root."""

    def __init__(self) -> None:
        self.script = Script()
        self.recorder = self.script.recorder
        self.lineage = Lineage(Mourning, self.script)
        self.burial = Burial(self.lineage)
        self.root = self.lineage.start_root(Pid(10))
        self.rpc: LoopbackRpc[Any] = LoopbackRpc(Host(GlobalTool(self.script)), Tid(10))

    async def end(self, thread: Thread, status: ExitStatus = DONE) -> None:
        await self.burial.end_thread(thread, self.rpc, status)


@pytest.fixture
def family() -> Family:
    return Family()


def fail() -> Callable[[], Awaitable[None]]:
    async def raise_error() -> None:
        raise OSError(5, "broken")

    return raise_error


async def test_a_single_thread_ends_with_its_process(family: Family) -> None:
    status = ExitStatus.killed(9)
    await family.end(family.root, status)
    assert [what for what in family.recorder.log if "begins" not in what] == [
        "thread 10 killed by SIGKILL",
        "process 10 killed by SIGKILL",
    ]
    assert family.lineage.processes == {}


async def test_each_callback_gets_its_own_threads_status(family: Family) -> None:
    await family.end(family.lineage.start_thread(family.root, Tid(11)), ExitStatus.exited(3))
    await family.end(family.root, ExitStatus.exited(4))
    family.recorder.happened("thread 11 exited with 3", times=1).before("thread 10 exited with 4")
    family.recorder.happened("process 10 exited with 4", times=1).after("thread 10 exited with 4")


@pytest.mark.parametrize("leader_first", [True, False])
async def test_the_leader_is_the_last_whoever_ended_first(family: Family, leader_first: bool) -> None:
    threads = [family.lineage.start_thread(family.root, Tid(tid)) for tid in (11, 12)]
    order = [family.root, *threads] if leader_first else [*threads, family.root]
    async with anyio.create_task_group() as tasks:
        for thread in order:
            tasks.start_soon(family.end, thread)
            await anyio.wait_all_tasks_blocked()
    for tid in (11, 12):
        family.recorder.happened(f"thread {tid} exited with 0", times=1).before("thread 10 exited with 0 begins")
    family.recorder.happened("process 10 exited with 0", times=1).after("thread 10 exited with 0")
    assert family.lineage.processes == {}


async def test_a_callback_that_waits_holds_its_processs_end_back(family: Family) -> None:
    thread = family.lineage.start_thread(family.root, Tid(11))
    gate = anyio.Event()
    family.script.at["thread 11 exited with 0"] = gate.wait
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(family.end, thread)
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(family.end, family.root)
        await anyio.wait_all_tasks_blocked()
        family.recorder.happened("thread 11 exited with 0 begins")
        family.recorder.never("thread 10 exited with 0 begins")
        gate.set()
    family.recorder.happened("thread 11 exited with 0").before("thread 10 exited with 0 begins")
    family.recorder.happened("process 10 exited with 0", times=1)


async def test_a_thread_of_another_process_holds_nothing_back(family: Family) -> None:
    child = family.lineage.start_process(family.root, Pid(20))
    family.lineage.start_thread(child, Tid(21))
    await family.end(family.root)
    family.recorder.happened("process 10 exited with 0")
    assert list(family.lineage.processes) == [20]


async def test_a_parent_may_end_before_its_child(family: Family) -> None:
    child = family.lineage.start_process(family.root, Pid(20))
    await family.end(family.root)
    await family.end(child, ExitStatus.exited(1))
    family.recorder.happened("process 10 exited with 0").before("process 20 exited with 1")


async def test_a_thread_born_while_the_leader_waits_is_waited_for_too(family: Family) -> None:
    first = family.lineage.start_thread(family.root, Tid(11))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(family.end, family.root)
        await anyio.wait_all_tasks_blocked()
        second = family.lineage.start_thread(first, Tid(12))
        await family.end(first)
        await anyio.wait_all_tasks_blocked()
        family.recorder.never("thread 10 exited with 0 begins")
        await family.end(second)
    family.recorder.happened("process 10 exited with 0", times=1)


async def test_after_an_exec_by_another_thread_the_new_leader_ends_the_process(family: Family) -> None:
    survivor = family.lineage.start_thread(family.root, Tid(11))
    survivor.state = "state of 10"
    family.lineage.promote(survivor)
    await family.end(family.root)
    family.recorder.never("process 10 exited with 0 begins")
    await family.end(survivor, ExitStatus.exited(7))
    family.recorder.happened("process 10 exited with 7", times=1).after("thread 10 exited with 7")
    family.recorder.happened("thread 10 exited with 0").before("thread 10 exited with 7 begins")


async def test_a_callback_that_raises_is_a_tool_error_and_the_thread_ended_all_the_same(family: Family) -> None:
    thread = family.lineage.start_thread(family.root, Tid(11))
    family.script.at["thread 11 exited with 0"] = fail()
    with pytest.raises(ToolError, match=r"Mourning\.on_exit_thread raised OSError: .*broken for thread 11") as caught:
        await family.end(thread)
    assert isinstance(caught.value.__cause__, OSError)
    await family.end(family.root)
    family.recorder.happened("process 10 exited with 0", times=1)
    assert family.lineage.processes == {}


async def test_a_process_whose_last_callback_raises_is_forgotten(family: Family) -> None:
    family.script.at["process 10 exited with 0"] = fail()
    with pytest.raises(ToolError, match=r"Mourning\.on_exit_process raised OSError"):
        await family.end(family.root)
    assert family.lineage.processes == {}


async def test_a_waiting_leader_goes_on_when_the_last_threads_callback_raises(family: Family) -> None:
    thread = family.lineage.start_thread(family.root, Tid(11))
    family.script.at["thread 11 exited with 0"] = fail()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(family.end, family.root)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(ToolError):
            await family.end(thread)
    family.recorder.happened("process 10 exited with 0", times=1)
