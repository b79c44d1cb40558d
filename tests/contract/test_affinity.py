"""A guest's affinity is its own, however close tracer and guest are kept to each other."""

import os
import subprocess

import pytest

from reverie import Command, Guest, Subscription, Tool
from reverie.process import PIPE
from reverie.syscalls import Syscall, Sysno
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.support.compile import CompileGuest


class InjectsAll(Tool[Journal, None]):
    """Injects each call, so that there are two stops for it."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        return await guest.inject(call)


class PassesAll(Tool[Journal, None]):
    """Lets each call pass."""


class PassesFiles(Tool[Journal, None]):
    """Is told of each call that reads a file, and of a very frequent one."""

    @classmethod
    def subscriptions(cls, config: object) -> Subscription:
        return Subscription.of("%desc", Sysno.getppid)


@pytest.mark.parametrize("tool", [InjectsAll, PassesAll, PassesFiles])
def test_a_guest_that_talks_all_the_time_finds_the_affinity_that_it_was_started_with(
    tool: type[Tool[Journal, None]], trace: Trace, guest: CompileGuest
) -> None:
    run = trace(tool, Command([str(guest("affinity_watched", ("-pthread",))), "600"], stdout=PIPE))
    assert (run.status.code, run.stdout) == (0, f"{len(os.sched_getaffinity(0))}\n".encode())


def test_a_guest_that_may_use_one_cpu_stays_there(trace: Trace, guest: CompileGuest) -> None:
    program = str(guest("affinity_watched", ("-pthread",)))
    for cpu in os.sched_getaffinity(0):
        run = trace(PassesAll, Command(["taskset", "-c", str(cpu), program, "200"], stdout=PIPE))
        assert (run.status.code, run.stdout) == (0, b"1\n")


def test_programs_find_as_many_processors_as_without_us(trace: Trace) -> None:
    script = "for i in 1 2 3 4 5 6 7 8 9; do nproc; grep Cpus_allowed: /proc/self/status; done"
    natively = subprocess.run(["sh", "-c", script], stdout=subprocess.PIPE, check=True).stdout
    assert trace(PassesAll, Command(["sh", "-c", script], stdout=PIPE)).stdout == natively
