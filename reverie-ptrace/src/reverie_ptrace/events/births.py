"""EVENT: new threads and processes, and how each begins to run."""

import os

from reverie.arch.x86_64 import ARGUMENTS, ORIG_RAX, R11, RCX, RIP
from reverie.errors import ToolError
from reverie_process import Pid, Tid
from reverie_ptrace.commands.registers import know_registers
from reverie_ptrace.kernel.layouts import EventCode
from reverie_ptrace.run import Run
from reverie_ptrace.tracee import Tracee


def announce(run: Run, parent: Tracee, event: EventCode) -> None:
    """Take charge of what the parent has just made. The parent stands at the birth stop.

    The tool's states are made now, before parent or child runs on.
    """
    tid = parent.stopped.birth(event)
    if tid is None:
        run.unannounced.append(parent)
        for stranger in run.router.strangers():
            claim(run, stranger)
        return
    child = _adopt(run, parent, Tid(tid))
    if parent.displaced:
        child.inherited = parent.registers.words.tobytes()


def claim(run: Run, tid: Tid) -> None:
    """Take charge of a newborn whose parent was killed before it could be asked for the id.

    There is no such parent as a rule: then the newborn is one whose birth stop is still
    to come, and this does nothing.
    """
    if run.unannounced:
        _adopt(run, run.unannounced.pop(0), tid)


def _adopt(run: Run, parent: Tracee, tid: Tid) -> Tracee:
    if parent.thread is None or run.failure is not None:
        return run.adopt(tid, None)
    pid = parent.thread.process.pid
    try:
        if _shares_group(tid, pid):
            thread = run.lineage.start_thread(parent.thread, tid)
        else:
            thread = run.lineage.start_process(parent.thread, Pid(tid))
    except ToolError as error:
        run.end(error)
        return run.adopt(tid, None)
    return run.adopt(tid, thread)


def settle_newborn(child: Tracee) -> None:
    """Give a child of an injected call its parent's own registers, so that it sees no trace of it.

    Its result (rax = 0), its stack and its thread pointer are its own.
    """
    if child.inherited is None:
        return
    words = know_registers(child).words
    parents = memoryview(child.inherited).cast("Q")
    for index in (*ARGUMENTS, ORIG_RAX, RIP, RCX, R11):
        words[index] = parents[index]
    child.registers_changed = True
    child.inherited = None


def _shares_group(tid: Tid, pid: Pid) -> bool:
    """Tell a thread from a process. The kind of birth event does not: it follows the exit signal.

    A clone without CLONE_THREAD is a clone event when its exit signal is not SIGCHLD
    (kernel_clone, kernel/fork.c), and one with CLONE_VFORK|CLONE_THREAD is a vfork event.
    """
    return os.path.exists(f"/proc/{pid}/task/{tid}")


__all__ = ["announce", "settle_newborn"]
