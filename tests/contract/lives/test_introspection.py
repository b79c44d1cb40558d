"""Guests that look at themselves, and those that change what may be done to them: what tracing lets them see."""

import shutil
import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reverie import Command, ExitStatus, Guest, Subscription, Tool
from reverie.process import PIPE
from reverie.syscalls import Errno, Sysno
from tests.contract.conftest import Trace
from tests.contract.journal import Journal
from tests.contract.lives.ordinary_user import ReadsPaths, Sees, as_user, run_as_user
from tests.contract.test_transparency import TOOLS, Injects, Passes
from tests.contract.test_transparency import Sees as Unfiltered
from tests.support.backends import BackendUnderTest
from tests.support.compile import CompileGuest


class NotesTracer(Tool[Journal, None]):
    """Notes the thread that its handlers run on."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.none() if config == "nothing" else Subscription.of(Sysno.getuid)

    async def handle_thread_start(self, guest: Guest[Journal, None]) -> None:
        await guest.call(Journal.note, "tracer", threading.get_native_id())


@pytest.mark.parametrize(("config", "mode"), [("nothing", "0"), ("a call", "2")])
def test_a_guest_sees_its_tracer_and_whether_it_has_a_filter(
    config: str, mode: str, backend: BackendUnderTest, trace: Trace, guest: CompileGuest
) -> None:
    if backend.name != "ptrace":
        pytest.skip("about the traces that ptrace leaves")
    run = trace(NotesTracer, Command([str(guest("self_status"))], stdout=PIPE), config=config)
    assert run.status == ExitStatus.exited(0)
    assert run.stdout is not None
    seen = dict(line.split(":\t") for line in run.stdout.decode().splitlines())
    [tracer] = run.global_state.values("tracer")
    assert seen["TracerPid"] == str(tracer)
    assert seen["Seccomp"] == mode


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.__name__)
def test_a_guest_that_asks_for_a_tracer_is_answered_by_the_kernel_and_goes_on(
    tool: type[Tool[Any, None]], backend: BackendUnderTest, trace: Trace, guest: CompileGuest
) -> None:
    if backend.name != "ptrace":
        pytest.skip("about the traces that ptrace leaves")
    assert trace(tool, [guest("ptrace_refused")]).status == ExitStatus.exited(0)


@pytest.mark.parametrize("tool", [Unfiltered, Passes, Injects], ids=lambda tool: tool.__name__)
def test_a_guest_that_forbids_others_to_look_at_it_is_traced_all_the_same(
    tool: type[Tool[Any, None]], trace: Trace, guest: CompileGuest
) -> None:
    assert trace(tool, [guest("prctl_self")]).status == ExitStatus.exited(0)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.__name__)
def test_strict_mode_is_refused_where_there_is_a_filter_and_works_where_there_is_none(
    tool: type[Tool[Any, None]], trace: Trace, guest: CompileGuest
) -> None:
    run = trace(tool, Command([str(guest("seccomp_strict"))], stdout=PIPE))
    if tool.__name__ == "Sees":
        assert (run.status, run.stdout) == (ExitStatus.exited(0), b"strict\n")
    else:
        assert run.status == ExitStatus.exited(Errno.EINVAL)


# As an ordinary user


@pytest.fixture
def programs() -> Iterator[Path]:
    """Give a folder that every user may search: pytest's own are the owner's only."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.mark.parametrize("tool", [Sees, ReadsPaths], ids=["unfiltered", "filtered"])
def test_a_set_user_id_program_runs_without_its_privileges(
    tool: type[ReadsPaths], backend: BackendUnderTest, programs: Path, guest: CompileGuest
) -> None:
    # The kernel gives none to a program that is traced by one who has not these privileges himself.
    program = programs / "user_ids"
    shutil.copy(guest("user_ids"), program)
    program.chmod(stat.S_ISUID | 0o755)
    if as_user(str(program)).returncode != 40:
        pytest.skip(f"needs set-user-ID programs: {programs} is mounted nosuid")
    status, _ = run_as_user(tool, program, backend.name, backend.event_loop)
    assert status == "exited with 41"


def test_memory_of_a_process_that_made_itself_unreadable_is_a_fault_to_an_ordinary_user(
    backend: BackendUnderTest, programs: Path, guest: CompileGuest
) -> None:
    program = programs / "prctl_self"
    shutil.copy(guest("prctl_self"), program)
    status, paths = run_as_user(ReadsPaths, program, backend.name, backend.event_loop)
    assert status == "exited with 0"
    assert paths[-1] is None
    assert paths[0] == "/e"  # /etc/ld.so.preload, which the loader looks for


def test_memory_of_a_program_that_the_user_may_not_read_is_a_fault(
    backend: BackendUnderTest, programs: Path, guest: CompileGuest
) -> None:
    program = programs / "self_status"
    shutil.copy(guest("exec_fails"), program)
    program.chmod(0o711)
    status, paths = run_as_user(ReadsPaths, program, backend.name, backend.event_loop)
    assert status == "exited with 0"
    assert set(paths) == {None}
