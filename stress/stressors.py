"""Which of stress-ng's stressors are run, and what one's output says. Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from stress.outcomes import Outcome, Verdict
from stress.running import Ended
from stress.ways import Way

DEBIAN_PACKAGE: Final = "stress-ng"

_PROCESSES: Final = """
    clone fork vfork vforkmany forkheavy spawn exec daemon wait zombie exit-group pidfd session
    pthread ptrace seccomp rseq kcmp prctl personality cap chroot nice yield switch context nanosleep
    schedpolicy affinity env unshare usersyscall resched race-sched syscall enosys sysbadaddr sysinfo
    x86syscall procfs get set getrandom rlimit membarrier robust workload
"""
_SIGNALS: Final = """
    kill sigq sigsuspend sigfd sigpending sigsegv sigrt sigabrt sigchld sigio sigtrap sigpipe sigbus
    sigfpe signal signest sigvtalrm sigxcpu sigxfsz timer timerfd timermix itimer alarm hrtimers clock
    bad-altstack longjmp fp-error stack stackmmap opcode priv-instr far-branch lease dnotify
"""
_SYNCHRONIZATION: Final = """
    futex mutex sem sem-sysv shm shm-sysv msg mq peterson dekker sleep
"""
_FILES: Final = """
    pipe pipeherd ring-pipe oom-pipe poll epoll eventfd inotify fanotify access dup close fcntl file-ioctl
    flock locka lockf lockofd fifo pty null splice tee vm-splice sendfile memfd aio io-uring open
    sock sockpair sockfd sockabuse sockdiag sockmany udp
"""
_MEMORY: Final = """
    mmap mmapfork mmapfixed mmapaddr mremap munmap msync mprotect madvise mincore mlock brk fault pkey
    userfaultfd process-vm vm-rw
"""

STRESSORS: Final = tuple(" ".join((_PROCESSES, _SIGNALS, _SYNCHRONIZATION, _FILES, _MEMORY)).split())
"""Those about what a tracer could disturb, of all versions. Those that endanger the machine are left out."""

_NO_TRACER: Final = {
    "ptrace": "a guest cannot be a tracer: its threads have one already",
    "vm-segv": "it waits for ever for a child that it cannot trace; so it is run only if asked for",
}
"""Differences that docs/architecture.md lists among the limits."""

_OWN_FILTERS: Final = frozenset({"opcode", "seccomp"})
"""Stressors with a filter of their own that answers by SIGSYS whatever it does not expect."""

_NOT_ROOT: Final = frozenset({"exec", "spawn"})
"""Stressors that refuse to run as root."""
_NOBODY: Final = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")

_SKIPPED: Final = re.compile(r"will be skipped|skipping|No stress workers invoked|skipped: [1-9]")
_FAILURE: Final = re.compile(r"^stress-ng: fail:", re.MULTILINE)
_PROGRESS: Final = re.compile(r"^stress-ng: metrc: \[\d+\] (?P<name>[\w-]+) +(?P<operations>\d+) ", re.MULTILINE)


def available(installed: Iterable[str], wanted: Sequence[str]) -> list[str]:
    """Return which of the wanted stressors the installed version has, each once, in their order."""
    there = set(installed)
    return [name for name in dict.fromkeys(wanted) if name in there]


def command(name: str, seconds: int, *, as_root: bool) -> list[str]:
    """Return the command line that runs one stressor, checking its own results."""
    dropped = _NOBODY if as_root and name in _NOT_ROOT else ()
    options = ("--timeout", str(seconds), "--verify", "--metrics-brief", "--keep-name")
    return [*dropped, "stress-ng", f"--{name}", "1", *options]


def known_difference(name: str, tool: Way) -> str | None:
    """Return why a stressor may differ under a tool, or None when it may not."""
    if name in _OWN_FILTERS and tool.adds_calls:
        return "its own filter answers the calls that the tool adds"
    return _NO_TRACER.get(name)


def outcome(ended: Ended) -> Outcome:
    """Return what came of a stressor."""
    failures = len(_FAILURE.findall(ended.output))
    return Outcome(_verdict(ended, failures), ended.status, failures, ended.left)


def operations(output: str, name: str) -> int | None:
    """Return how often a stressor did what it does, if it says."""
    for match in _PROGRESS.finditer(output):
        if match["name"] == name:
            return int(match["operations"])
    return None


def _verdict(ended: Ended, failures: int) -> Verdict:
    if ended.status is None:
        return "hung"
    if ended.status < 0:
        return "crashed"
    if ended.status != 0 or failures:
        return "failed"
    return "skipped" if _SKIPPED.search(ended.output) else "passed"


__all__ = ["DEBIAN_PACKAGE", "STRESSORS", "available", "command", "known_difference", "operations", "outcome"]
