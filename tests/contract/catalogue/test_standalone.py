"""A call that is injected several times, and then made once more as the handler's last act."""

from reverie import Command, ExitStatus, GlobalTool, Guest, Pid, Subscription, Tid, Tool, rpc
from reverie.process import PIPE
from reverie.syscalls import Getrandom, Syscall, Sysno
from tests.contract.conftest import Trace
from tests.support.compile import CompileGuest

IDS = [
    Sysno.getpid,
    Sysno.gettid,
    Sysno.getppid,
    Sysno.getuid,
    Sysno.geteuid,
    Sysno.getgid,
    Sysno.getegid,
    Sysno.getpgrp,
]


class Answers(GlobalTool[int]):
    """What the guests' kernel said to each injection."""

    def __init__(self, config: int) -> None:
        self.ids: dict[str, list[int]] = {}
        self.random: list[bytes] = []

    @rpc
    async def add_id(self, sender: Tid, name: str, result: int) -> None:
        """Keep an id."""
        self.ids.setdefault(name, []).append(result)

    @rpc
    async def add_random(self, sender: Tid, data: bytes) -> None:
        """Keep random bytes."""
        self.random.append(data)


class AsksFirst(Tool[Answers, None]):
    """Injects each call as often as its config says, looking at what came of it, and ends with the call."""

    def __init__(self, pid: Pid, config: int) -> None:
        self.times = config

    @classmethod
    def subscriptions(cls, config: int) -> Subscription:
        return Subscription.of(*IDS, Sysno.getrandom)

    async def handle_syscall_event(self, guest: Guest[Answers, None], call: Syscall) -> int:
        for _ in range(self.times):
            result = await guest.inject(call)
            if isinstance(call, Getrandom):
                await guest.call(Answers.add_random, guest.memory.read(call.words[0], result))
            else:
                await guest.call(Answers.add_id, call.name, result)
        await guest.tail_inject(call)


def test_a_call_can_be_injected_three_times_and_made_once_more_in_the_end(trace: Trace, guest: CompileGuest) -> None:
    run = trace(AsksFirst, Command([str(guest("ids_and_random"))], stdout=PIPE), config=3)
    assert run.status == ExitStatus.exited(0)
    answers = run.global_state
    assert set(answers.ids) == {sysno.name for sysno in IDS}
    for name, results in answers.ids.items():
        assert len(set(results)) == 1, name
        assert len(results) >= 6, name  # the guest asks twice; the C library may have asked too
    *_, first, second, third = answers.random
    assert run.stdout is not None
    assert {len(data) for data in (first, second, third, run.stdout)} == {8}
    assert len({first, second, third, run.stdout}) == 4  # the guest keeps what the last one wrote
