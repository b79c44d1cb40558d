"""A guest that runs already: seize all threads of its processes, and stop each for a first time.

No filter can be put on a running process from outside, nor taken away again. So every
call stops twice, at its entry and at its exit (PTRACE_SYSCALL), and what the tool does
not want is sorted out here: correct, and slow.
"""

import errno
import os
import threading
from collections.abc import Sequence
from typing import Final

import anyio.abc

from reverie import BackendUnavailable, Subscription, ToolError
from reverie.backend import Choice, Thread
from reverie_process import Pid, Tid
from reverie_ptrace.kernel import requests
from reverie_ptrace.kernel.layouts import OUR_OPTIONS
from reverie_ptrace.probe import explain_attach_refusal
from reverie_ptrace.proc_status import status_fields
from reverie_ptrace.run import Run

_GONE: Final = (errno.ESRCH, errno.ENOENT)


class Attach:
    """Traces processes that others have started."""

    kills = False
    """The guest is not ours: whatever ends the run, it lives on."""

    def __init__(self, pids: Sequence[Pid]) -> None:
        self._pids = pids

    @property
    def name(self) -> str:
        """What messages call the guest."""
        return f"process {', '.join(map(str, self._pids))}"

    def begin(self, run: Run, subscription: Subscription, tasks: anyio.abc.TaskGroup) -> None:
        """Become the tracer of every thread. A failure leaves those alone that were seized already.

        Raises:
            BackendUnavailable: there is no such process, or it cannot be traced.
            ToolError: the tool could not make its state.
        """
        wanted = Choice(subscription)
        run.choice = wanted if wanted else None
        try:
            for pid in self._pids:
                self._seize_process(run, pid)
        except (BackendUnavailable, ToolError) as error:
            if not run.router.tracees:
                raise
            run.end(error)

    def problem(self, run: Run) -> None:
        """Return nothing: there was no launch that could have failed."""

    def finish(self) -> tuple[bytes | None, bytes | None]:
        """Return nothing: the guest's output is its own."""
        return None, None

    def _seize_process(self, run: Run, pid: Pid) -> None:
        _check(pid)
        leader: Thread | None = None
        tried: set[Tid] = set()
        new = [Tid(pid)]
        while new:  # until a look finds no thread that was born meanwhile; later ones are announced
            tried.update(new)
            for tid in new:
                if tid in run.router.tracees or not _seize(tid, pid):
                    continue
                if leader is None:
                    leader = thread = run.lineage.start_root(pid)
                else:
                    thread = run.lineage.start_thread(leader, tid)
                tracee = run.adopt(tid, thread)
                run.root = run.root or tracee
                requests.interrupt(tid)
            new = [tid for tid in _threads(pid) if tid not in tried]


def _check(pid: Pid) -> None:
    try:
        fields = status_fields(pid, "Tgid", "State", "TracerPid")
    except OSError:
        raise BackendUnavailable(f"there is no process {pid}") from None
    if fields["Tgid"] != str(pid):
        raise BackendUnavailable(f"{pid} is a thread of process {fields['Tgid']}: attach to that")
    if pid == os.getpid():
        raise BackendUnavailable("a process cannot trace itself: attach from another one")
    if fields["TracerPid"] != "0":
        tracer = _process_of(fields["TracerPid"])
        raise BackendUnavailable(f"process {pid} is traced by process {tracer} already: detach that first")
    if fields["State"].startswith("Z"):
        raise BackendUnavailable(
            f"process {pid} has ended, or at least its first thread: there is nothing to attach to"
        )


def _process_of(tid: str) -> str:
    """A tracer is a thread, and that is what TracerPid names; proc(5)."""
    try:
        return status_fields(tid, "Tgid")["Tgid"]
    except OSError:
        return tid


def _seize(tid: Tid, pid: Pid) -> bool:
    """Seize a thread. False when it is gone, or is traced by us already: born of one that we have seized."""
    try:
        try:
            requests.seize(tid, OUR_OPTIONS)
        except PermissionError:
            if _is_ours(tid):
                return False
            if _is_ending(tid):
                raise ProcessLookupError from None
            requests.seize(tid, OUR_OPTIONS)  # a leader that was ending may be an exec's new one by now
    except ProcessLookupError:
        if int(tid) == pid:
            raise BackendUnavailable(f"process {pid} has just ended") from None
        return False
    except PermissionError as error:
        raise BackendUnavailable(f"cannot trace process {pid}: {explain_attach_refusal(error)}") from error
    return True


def _is_ours(tid: Tid) -> bool:
    try:
        return status_fields(tid, "TracerPid")["TracerPid"] == str(threading.get_native_id())
    except OSError:
        return False


def _is_ending(tid: Tid) -> bool:
    """A thread that is ending cannot be seized (ptrace_attach, kernel/ptrace.c: exit_state)."""
    try:
        return status_fields(tid, "State").get("State", "X")[:1] in "ZX"
    except OSError:
        return True


def _threads(pid: Pid) -> list[Tid]:
    try:
        return [Tid(int(name)) for name in os.listdir(f"/proc/{pid}/task")]
    except OSError as error:
        if error.errno in _GONE:
            return []
        raise


__all__ = ["Attach"]
