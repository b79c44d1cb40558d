"""EVENT: the end of a process that we trace and that this very program has started otherwise.

A tracer's wait takes the status of a child for good when tracer and parent are threads of
one process (wait_task_zombie, kernel/exit.c: ptrace_reparented). So the leader of such a
process is left at its exit stop, and its end is watched without being taken: the program
may still ask for it, by ``Popen.wait`` say.
"""

import os
import threading

from reverie_process import ExitStatus
from reverie_ptrace.proc_status import status_fields
from reverie_ptrace.run import Run
from reverie_ptrace.stops.status import Gone
from reverie_ptrace.tracee import Tracee


def leave_to_parent(run: Run, tracee: Tracee) -> bool:
    """Detach from a thread at its exit stop if its status is somebody else's in this program. False when not."""
    if run.kills or not _is_ours(tracee):
        return False
    tracee.stopped.detach()
    watcher = threading.Thread(target=_watch, args=(run, tracee, int(tracee.tid)), name="reverie-end", daemon=True)
    watcher.start()
    return True


def _is_ours(tracee: Tracee) -> bool:
    try:
        fields = status_fields(tracee.tid, "Tgid", "PPid")
    except OSError:
        return False
    return fields.get("Tgid") == str(tracee.tid) and fields.get("PPid") == str(os.getpid())


def _watch(run: Run, tracee: Tracee, pid: int) -> None:
    """Wait on a thread of its own until the whole process has ended; its other threads may live on for long."""
    try:
        end = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    except ChildProcessError:
        end = None  # somebody was faster
    status = ExitStatus.running() if end is None else _status(end.si_code, end.si_status)
    run.call_from_thread(lambda: run.router.tell_end(tracee, Gone(status)))


def _status(code: int, status: int) -> ExitStatus:
    if code == os.CLD_EXITED:
        return ExitStatus.exited(status)
    return ExitStatus.killed(status, core_dumped=code == os.CLD_DUMPED)


__all__ = ["leave_to_parent"]
