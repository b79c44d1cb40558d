"""EVENT: new threads and processes, and how each begins to run."""

import os
from pathlib import Path
from typing import Final

from reverie.arch.machine import BORN_WITH, NUMBER, from_kernel
from reverie.backend import Thread
from reverie.errors import ToolError
from reverie_process import Pid, Tid
from reverie_ptrace.commands.registers import know_registers
from reverie_ptrace.events.untraced import give_back
from reverie_ptrace.kernel.layouts import EventCode
from reverie_ptrace.proc_status import status_fields
from reverie_ptrace.run import Run
from reverie_ptrace.tracee import Tracee
from reverie_syscalls import Sysno

_BIRTH_CALLS: Final = frozenset({Sysno.fork, Sysno.vfork, Sysno.clone, Sysno.clone3})


def announce(run: Run, parent: Tracee, event: EventCode) -> None:
    """Take charge of what the parent has just made. The parent stands at the birth stop.

    The tool's states are made now, before parent or child runs on. A parent that was
    killed meanwhile cannot be asked any more.
    """
    try:
        tid = parent.stopped.birth(event)
    except ProcessLookupError:
        tid = None
    if tid is None:
        _claim_children(run, parent)
        return
    if _is_old_news(run, parent, Tid(tid)):
        return
    _hand_down(parent, _adopt(run, parent.thread, Tid(tid)))
    if parent.borrowed is not None:
        give_back(parent, Tid(tid))


def _is_old_news(run: Run, parent: Tracee, tid: Tid) -> bool:
    """Tell whether we took charge of this very newborn before; its id may have been another's since."""
    homes = run.claimed.pop(tid, None)
    if homes is None or parent.thread is None:
        return homes is not None
    maker = parent.thread.process
    if maker.ppid is None and not any(pid in run.lineage.processes for pid in homes):
        return True  # a root's own parent is not ours: its child by CLONE_PARENT is at home there
    return not homes or bool(homes & {maker.pid, maker.ppid})


def _hand_down(parent: Tracee, child: Tracee) -> None:
    """Keep the registers that a child of an injected call is to have instead of those that it is born with."""
    if parent.displaced:
        child.inherited = parent.registers.words.tobytes()


def meet_stranger(run: Run, tid: Tid, *, dying: bool = False) -> None:
    """Take charge of a newborn if nobody is left who could announce it, or if it dies itself.

    As a rule its parent's birth stop is just still to come, and this does nothing. But the
    parent's end may wait for this one to be let go, when it is a thread of that process.
    """
    homes = _homes(tid)
    if dying or not any(_announces(tracee, homes) for tracee in run.router.tracees.values()):
        _claim(run, tid, homes)


def claim_strangers(run: Run, dying: Tracee) -> None:
    """Take charge of the newborns that a dying thread has made and cannot announce.

    SIGKILL can come before the birth stop is reported, and then it never is, or before
    we have asked for the newborn's id. Such a thread dies inside the call that made it.
    """
    made_one = _dies_in_a_birth(run, dying)
    if made_one:
        _claim_children(run, dying)
    for tid in run.router.strangers():
        homes = _homes(tid)
        if made_one and dying.thread and homes & {dying.thread.process.pid, dying.thread.process.ppid}:
            _claim(run, tid, homes)
        else:
            meet_stranger(run, tid)


def _claim_children(run: Run, maker: Tracee) -> None:
    """Take charge of the processes that a killed thread has made and will not announce, while they are its children.

    One that reports its first stop later may have another parent by then, a subreaper or
    the init of its pid namespace, who looks as if he could announce it.
    """
    for tid in _children(maker):
        if tid not in run.router.tracees and _is_traced(tid):
            _hand_down(maker, _adopt(run, maker.thread, tid))


def _children(maker: Tracee) -> list[Tid]:
    """Return the processes that a thread has made and not waited for. Source: proc(5), /proc/tid/task/tid/children."""
    try:
        return [Tid(int(tid)) for tid in Path(f"/proc/{maker.tid}/task/{maker.tid}/children").read_text().split()]
    except OSError:
        return []  # it is gone already, or the kernel was built without CONFIG_PROC_CHILDREN


def _is_traced(tid: Tid) -> bool:
    """Tell a tracee from a child whose end we have waited for and its parent has not."""
    try:
        return status_fields(tid, "TracerPid")["TracerPid"] != "0"
    except OSError:
        return False


def _dies_in_a_birth(run: Run, dying: Tracee) -> bool:
    try:
        run.scratch.load(dying.tid)
    except ProcessLookupError:
        return False
    return from_kernel(run.scratch.words[NUMBER]) in _BIRTH_CALLS


def _announces(tracee: Tracee, homes: set[int]) -> bool:
    if tracee.dying:
        return False
    return tracee.thread is None or tracee.thread.process.pid in homes or tracee.thread.process.ppid in homes


def _claim(run: Run, tid: Tid, homes: set[int]) -> None:
    run.claimed[tid] = homes
    for pid in homes:
        process = run.lineage.processes.get(Pid(pid))
        if process is not None and process.threads:
            _adopt(run, next(iter(process.threads.values())), tid)
            return
    _adopt(run, run.lineage.eldest(), tid)


def _homes(tid: Tid) -> set[int]:
    """Return the processes that a newborn belongs to or comes from: its own for a thread, else its parent."""
    try:
        found = status_fields(tid, "Tgid", "PPid")
    except OSError:
        return set()
    tgid, ppid = int(found.get("Tgid", tid)), int(found.get("PPid", 0))
    return {tgid} if tgid != tid else {ppid}


def _adopt(run: Run, parent: Thread | None, tid: Tid) -> Tracee:
    if parent is None or run.failure is not None:
        return run.adopt(tid, None)
    pid = parent.process.pid
    try:
        if _shares_group(tid, pid):
            thread = run.lineage.start_thread(parent, tid)
        else:
            thread = run.lineage.start_process(parent, Pid(tid))
    except ToolError as error:
        run.end(error)
        return run.adopt(tid, None)
    return run.adopt(tid, thread)


def settle_newborn(child: Tracee) -> None:
    """Give a child of an injected call its parent's own registers, so that it sees no trace of it.

    Its result (0), its stack and its thread pointer are its own.
    """
    if child.inherited is None:
        return
    words = know_registers(child).words
    parents = memoryview(child.inherited).cast("Q")
    for index in BORN_WITH:
        words[index] = parents[index]
    child.registers_changed = True
    child.inherited = None


def _shares_group(tid: Tid, pid: Pid) -> bool:
    """Tell a thread from a process. The kind of birth event does not: it follows the exit signal.

    A clone without CLONE_THREAD is a clone event when its exit signal is not SIGCHLD
    (kernel_clone, kernel/fork.c), and one with CLONE_VFORK|CLONE_THREAD is a vfork event.
    """
    return os.path.exists(f"/proc/{pid}/task/{tid}")


__all__ = ["announce", "claim_strangers", "meet_stranger", "settle_newborn"]
