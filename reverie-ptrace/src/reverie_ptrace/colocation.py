"""RESUME: one CPU for one conversation.

A stop wakes the tracer and a restart wakes the guest. While one of the two works the other
sleeps, so a second CPU gains nothing; but the scheduler likes to wake a thread on an idle
CPU, and to wake that one up costs more than all that a stop is for (55 µs against 14 in
docs/performance.md). So while stops come fast, the tracer stays on one CPU, and a guest's
thread is woken there: its affinity is narrowed for the moment of the restart only. It is
free to go elsewhere as soon as it runs, and free to be moved by the scheduler.

The guest must not see that moment, though it can run in it, when it is scheduled in the
tracer's place. So this is for runs in which each call that tells of affinities stops
(``NEEDED`` and ``LOOKED_AT``): while one is under way, nobody's affinity is touched.
"""

import contextlib
import os
import time
from collections.abc import Callable
from typing import Final, Protocol

from reverie import Subscription
from reverie_process import Tid
from reverie_ptrace.kernel.affinity import EVERY_CPU, CpuMask, current_cpu
from reverie_syscalls import Syscall, Sysno

_FROM_FIRST: Final = frozenset(
    {
        Sysno.read,
        Sysno.pread64,
        Sysno.readv,
        Sysno.preadv,
        Sysno.preadv2,
        Sysno.splice,
        Sysno.copy_file_range,
    }
)
_FROM_SECOND: Final = frozenset({Sysno.sendfile})
NEEDED: Final = _FROM_FIRST | _FROM_SECOND
"""What reads a file, and with it perhaps /proc/pid/status. Too frequent to be stopped for this alone."""

_CHANGES: Final = frozenset({Sysno.sched_setaffinity})
_INHERIT: Final = frozenset({Sysno.fork, Sysno.vfork, Sysno.clone, Sysno.clone3})
_READS_LATER: Final = frozenset({Sysno.io_uring_setup})
"""A kernel thread may read for the guest, without a call."""
LOOKED_AT: Final = _CHANGES | _INHERIT | _READS_LATER | {Sysno.sched_getaffinity, Sysno.io_submit}
"""Calls that are rare, and are stopped whoever wants them."""

TELLING: Final = NEEDED | LOOKED_AT
"""Calls that may tell of an affinity, or take one over."""

_INT: Final = 0xFFFF_FFFF
"""The kernel takes a descriptor from the low half of its register."""

_WINDOW: Final = 32
"""Restarts between two looks at the clock."""
_WORTH_NS: Final = range(12_000, 100_000)
"""How long the tracer waits per stop where a conversation is worth it. With less the two are on one CPU
already, because the others are busy, or the next stop is there before the tracer asks; with more
the guest has work of its own."""
_LEAVE_NS: Final = 80_000
"""How long it waits in a conversation that is over."""
_CHOOSE_ANEW: Final = 256
"""Windows after which the scheduler may choose again, whether and where."""


class Resumable(Protocol):
    """What is known here of a stopped tracee."""

    tid: Tid
    telling: Syscall | None
    """The call that it goes on with, when that is one of ``TELLING``."""
    affinity: "Affinity | None"


class Affinity:
    """What a tracee's affinity is, for as long as nobody changes it."""

    __slots__ = ("epoch", "wide")

    def __init__(self, epoch: int, wide: CpuMask | None) -> None:
        self.epoch = epoch
        self.wide = wide
        """None when it is not to be narrowed."""


Request = Callable[[Tid, int], None]


class Colocation:
    """Decides for one run when tracer and guest share a CPU, and sees to it. On the tracer's thread only."""

    def __init__(self) -> None:
        self._own = os.sched_getaffinity(0)
        self._here: CpuMask | None = None
        """While there is a conversation, the tracer's CPU."""
        self._cpu = -1
        self._epoch = 0
        self._lately: dict[Resumable, Syscall] = {}
        """Outside of a conversation: who goes on with a call that may tell."""
        self._under_way: set[Resumable] = set()
        """In a conversation: whose telling call may not be over yet."""
        self._partner: Resumable | None = None
        """Who was restarted last. Several that take turns have work for several CPUs, as a rule."""
        self._given_up = False
        self._left = _WINDOW
        self._windows = 0
        self._then, self._used = time.monotonic_ns(), time.thread_time_ns()

    def restart(self, tracee: Resumable, request: Request, signo: int) -> None:
        """Restart a tracee, on the tracer's CPU if the two are in conversation. per stop."""
        self._left -= 1
        if not self._left:
            self._look()
        telling, tracee.telling = tracee.telling, None
        if telling is not None and telling.sysno in _READS_LATER:
            self._given_up = True
            self.end()
        here, tid = self._here, tracee.tid
        if here is None:
            if telling is not None:
                self._lately[tracee] = telling
            elif self._lately:
                self._lately.pop(tracee, None)
            request(tid, signo)
            return
        if self._under_way:
            self._under_way.discard(tracee)
        if telling is not None and self._tells(tracee, telling):
            request(tid, signo)
            return
        affinity = tracee.affinity
        if affinity is None or affinity.epoch != self._epoch:
            affinity = tracee.affinity = Affinity(self._epoch, self._wide(tid))
        former, self._partner = self._partner, tracee
        if affinity.wide is None or self._under_way or former is not tracee:
            request(tid, signo)
            return
        here.allow(tid)
        try:
            request(tid, signo)
        finally:
            affinity.wide.allow(tid)

    def forget(self, tracee: Resumable) -> None:
        """Note that a tracee is gone."""
        self._under_way.discard(tracee)
        self._lately.pop(tracee, None)

    def end(self) -> None:
        """Let the tracer run where it may."""
        if self._here is not None:
            self._here = None
            with contextlib.suppress(OSError):  # its cpuset has lost all of them
                os.sched_setaffinity(0, self._own)

    def _look(self) -> None:
        """Begin a conversation, or end it, by how long the tracer had to wait in the last window."""
        self._left = _WINDOW
        now, used = time.monotonic_ns(), time.thread_time_ns()
        waited_ns = ((now - self._then) - (used - self._used)) // _WINDOW
        self._then, self._used = now, used
        if self._here is not None:
            self._windows += 1
            if waited_ns > _LEAVE_NS or self._windows == _CHOOSE_ANEW:
                self.end()
        elif waited_ns in _WORTH_NS and not self._given_up:
            self._begin()

    def _begin(self) -> None:
        cpu = current_cpu()
        try:
            os.sched_setaffinity(0, {cpu})
        except OSError:  # it has been taken from our cpuset just now
            return
        self._cpu = cpu
        self._epoch += 1
        self._here = CpuMask({cpu})
        self._windows = 0
        lately, self._lately = self._lately, {}
        for tracee, call in lately.items():
            self._tells(tracee, call)

    def _tells(self, tracee: Resumable, call: Syscall) -> bool:
        """Tell whether the call sees an affinity, or hands one on; what sees is under way from now on."""
        sysno = call.sysno
        if sysno in NEEDED and not _reads_status(tracee.tid, call.words[sysno in _FROM_SECOND] & _INT):
            return False
        if sysno in _INHERIT:
            return True
        self._under_way.add(tracee)
        if sysno in _CHANGES:
            self._epoch += 1
        return True

    def _wide(self, tid: Tid) -> CpuMask | None:
        """Return the tracee's own affinity; None when it may not run here, or only here, or it is not ours to set.

        A mask that nobody has set is as large as the cpuset, and has to grow with it.
        """
        try:
            cpus = os.sched_getaffinity(tid)
        except OSError:
            return None
        if self._cpu not in cpus or len(cpus) == 1 or not EVERY_CPU.allow(tid):
            return None
        with contextlib.suppress(OSError):
            if os.sched_getaffinity(tid) == cpus:
                return EVERY_CPU
        wide = CpuMask(cpus)
        wide.allow(tid)
        return wide


def _reads_status(tid: Tid, descriptor: int) -> bool:
    """Tell by its file's name whether a descriptor is a process's status; nothing else of proc(5) tells a mask."""
    try:
        return os.readlink(f"/proc/{tid}/fd/{descriptor}").endswith("/status")
    except OSError:
        return False  # it is not open, or the thread is gone


def is_possible(subscription: Subscription) -> bool:
    """Tell whether a conversation could go unseen: whether the tool is told of each call that reads a file."""
    return subscription.syscalls >= NEEDED and len(os.sched_getaffinity(0)) > 1


__all__ = ["LOOKED_AT", "NEEDED", "TELLING", "Colocation", "is_possible"]
