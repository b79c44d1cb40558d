"""An ordinary user's run of a guest: imported, it starts itself as a program that is one, and reads what that noted."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import reverie
from reverie import Guest, Subscription, Tool
from reverie.syscalls import Access, Getpid, MemoryFault, Syscall, Sysno
from tests.contract.journal import Journal

USER = 61234
"""No account has this id."""


class ReadsPaths(Tool[Journal, None]):
    """Reads the path of each access, and notes it, or that it cannot be read."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.access)

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        assert isinstance(call, Access)
        try:
            await guest.call(Journal.note, "path", guest.memory.read(call.words[0], 2).decode("latin-1"))
        except MemoryFault:
            await guest.call(Journal.note, "path", None)
        await guest.tail_inject(call)


class InjectsBefore(ReadsPaths):
    """Injects another call before."""

    async def handle_syscall_event(self, guest: Guest[Journal, None], call: Syscall) -> int:
        assert await guest.inject(Getpid()) == guest.pid
        return await super().handle_syscall_event(guest, call)


class Sees(ReadsPaths):
    """Wants no call at all, and so needs no filter."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.none()


def run_as_user(tool: type[ReadsPaths], program: Path, *backend: str) -> tuple[str, list[str | None]]:
    """Run the program under the tool as an ordinary user; return its status and the paths that were noted."""
    words = [sys.executable, "-m", __name__, tool.__name__, str(program), *backend]
    done = as_user(*words)
    assert done.returncode == 0, done.stderr
    status, paths = json.loads(done.stdout)
    return status, paths


def as_user(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run a program as an ordinary user, or skip the test where that cannot be."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user: run the tests as root for this one")
    ids: dict[str, Any] = {"user": USER, "group": USER, "extra_groups": []}
    options: dict[str, Any] = {"capture_output": True, "text": True, "cwd": Path(__file__).parents[3], **ids}
    try:
        can_read = subprocess.run([sys.executable, "-c", f"import {__name__}"], **options).returncode == 0
    except PermissionError:
        can_read = False
    if not can_read:
        pytest.skip(f"user {USER} may not read this checkout: chmod o+rX the folders on the way to {Path(__file__)}")
    return subprocess.run(list(words), timeout=30, **options)


def main(tool: str, program: str, backend: str, event_loop: str) -> None:
    """Run it and print status and notes."""
    chosen = {kind.__name__: kind for kind in (ReadsPaths, InjectsBefore, Sees)}[tool]
    run = reverie.run(chosen, [program], backend=backend, event_loop=event_loop)  # type: ignore[arg-type]  # of the command line
    print(json.dumps([str(run.status), run.global_state.values("path")]))


if __name__ == "__main__":
    main(*sys.argv[1:])
