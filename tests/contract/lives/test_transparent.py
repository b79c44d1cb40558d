"""Guests that begin, exec and end in every way that there is find the same under a tool that changes nothing."""

import subprocess
from typing import Any

import pytest

from reverie import Guest, Tool
from reverie.syscalls import Getpid, Gettid, Signal, Syscall
from tests.contract.conftest import Trace
from tests.contract.lives.ability import skip_unless_able
from tests.contract.test_transparency import FEW_TOOLS, Injects, InjectsAndMore, Passes, Sees
from tests.support.compile import CompileGuest

GUESTS: list[tuple[str, ...]] = [
    ("clone_exit_signal",),
    ("clone_parent",),
    ("clone_pidfd",),
    ("clone_shares",),
    ("clone_vfork_alone",),
    ("clone_vm_alone",),
    ("code_execute_only",),
    ("exec_chain", "8"),
    ("exec_leader_exited",),
    ("exec_race", "4"),
    ("exec_under_vfork",),
    ("futex_robust",),
    ("kill_storm_exec",),
    ("memory_unreadable",),
    ("parent_death_signal",),
    ("pidfd_signals",),
    ("posix_spawns",),
    ("setgid_threads",),
    ("signal_taken_by_other",),
    ("stack_pointer_wild",),
    ("subreaper",),
    ("thread_cancel",),
    ("thread_clear_tid",),
    ("timer_thread",),
    ("vfork_exec_fails",),
]


class InjectsOthers(Injects):
    """Injects calls wherever it may, and does not expect that the guest's ids are those that it knows."""

    async def handle_thread_start(self, guest: Guest[Any, None]) -> None:
        assert await guest.inject(Gettid()) > 0

    async def handle_post_exec(self, guest: Guest[Any, None]) -> None:
        assert await guest.inject(Getpid()) > 0

    async def handle_signal_event(self, guest: Guest[Any, None], signal: Signal) -> Signal | None:
        assert await guest.inject(Gettid()) > 0
        return signal

    async def handle_syscall_event(self, guest: Guest[Any, None], call: Syscall) -> int:
        assert await guest.inject(Getpid()) > 0
        return await guest.inject(call)


@pytest.mark.parametrize("words", GUESTS, ids="-".join)
def test_a_guest_finds_what_it_should_when_nobody_traces_it(words: tuple[str, ...], guest: CompileGuest) -> None:
    subprocess.run([guest(words[0]), *words[1:]], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("tool", FEW_TOOLS, ids=lambda tool: tool.__name__)
@pytest.mark.parametrize("words", GUESTS, ids="-".join)
def test_a_guest_finds_the_same_under_a_tool_that_changes_nothing(
    words: tuple[str, ...], tool: type[Tool[Any, None]], guest: CompileGuest, trace: Trace
) -> None:
    run = trace(tool, [guest(words[0]), *words[1:]])
    assert str(run.status) == "exited with 0"


@pytest.mark.parametrize("tool", [Sees, Passes, Injects, InjectsAndMore, InjectsOthers], ids=lambda tool: tool.__name__)
@pytest.mark.parametrize("name", ["clone_same_tid", "clone_set_tid", "namespace_init_ends", "namespace_lives"])
def test_a_guest_with_ids_of_its_own_finds_the_same_too(
    name: str, tool: type[Tool[Any, None]], guest: CompileGuest, trace: Trace
) -> None:
    skip_unless_able([name], guest)
    assert str(trace(tool, [guest(name)]).status) == "exited with 0"


@pytest.mark.parametrize("tool", [Sees, Passes, Injects, InjectsAndMore], ids=lambda tool: tool.__name__)
def test_a_guest_that_calls_by_the_vsyscall_page_is_let_pass(
    tool: type[Tool[Any, None]], guest: CompileGuest, trace: Trace
) -> None:
    skip_unless_able(["vsyscall_time"], guest)
    assert str(trace(tool, [guest("vsyscall_time")]).status) == "exited with 0"
