"""Can we trace here? Each thing is tried out, never concluded from a version; for each "no", what to change."""

import contextlib
import os
import platform
import signal
from pathlib import Path
from typing import Final

from reverie import Subscription
from reverie.arch.machine import from_kernel
from reverie.backend import Check, RemoteMemory, filter_for
from reverie.errors import MemoryFault
from reverie_process import SpawnError, Tid, high_pipe, libc, read_report, spawn
from reverie_process.plan import AwaitPermission, InstallFilter, SpawnPlan, StopSelf
from reverie_ptrace.kernel import requests
from reverie_ptrace.kernel.layouts import EXIT_WITH_TRACER, OUR_OPTIONS
from reverie_ptrace.kernel.requests import SyscallInfoBuffer
from reverie_ptrace.kernel.wait import NoTracees, Wait
from reverie_ptrace.proc_status import status_fields
from reverie_ptrace.stops.status import ExecStop, ExitStop, Gone, SeccompStop, Stop, decode_status
from reverie_syscalls import Sysno

_YAMA: Final = Path("/proc/sys/kernel/yama/ptrace_scope")
_PROGRAM: Final = "/proc/self/exe"


def why_not() -> str | None:
    """Return why this machine cannot be traced on at all, or None. Cheap: no process is started."""
    if platform.system() != "Linux" or os.uname().machine not in ("x86_64", "aarch64"):
        return (
            "the ptrace backend runs on Linux on x86-64 and aarch64,"
            f" and this is {platform.system()} on {os.uname().machine}"
        )
    if not os.path.isdir("/proc/self/task"):
        return "there is no /proc: mount it (mount -t proc proc /proc)"
    return None


def explain_refusal(error: OSError) -> str:
    """Return what to change when the kernel did not let us trace our own child (EPERM)."""
    scope = _yama_scope()
    if scope == 3:
        return "kernel.yama.ptrace_scope is 3, which forbids tracing until the next boot: set it to 0, 1 or 2 at boot"
    if scope == 2 and os.geteuid() != 0:
        return "kernel.yama.ptrace_scope is 2: run as root, or 'sysctl kernel.yama.ptrace_scope=1'"
    if _seccomp_mode() == 2:
        return (
            "a seccomp filter of the container may forbid ptrace: start it with --cap-add=SYS_PTRACE, or on Linux"
            " before 4.8 with --security-opt seccomp=unconfined"
        )
    return f"the kernel says {error.strerror}: another tracer or a security module may forbid it"


def explain_attach_refusal(error: OSError) -> str:
    """Return what to change when the kernel did not let us trace a process that we have not started (EPERM)."""
    scope = _yama_scope()
    if scope and os.geteuid() != 0:
        return f"kernel.yama.ptrace_scope is {scope}: run as root, or 'sysctl kernel.yama.ptrace_scope=0'"
    if os.geteuid() != 0:
        return "it belongs to another user or has gained privileges: run as root"
    return f"the kernel says {error.strerror}: it is a kernel thread, or lies outside of this container"


def examine() -> list[Check]:
    """Try out everything that the backend needs or can use."""
    reason = why_not()
    checks = [Check("Linux on x86-64 or aarch64 with /proc", reason is None, reason or "")]
    if reason is None:
        checks += _try_trace()
        checks.append(_yama())
        checks += _optional()
    return checks


def _try_trace() -> list[Check]:
    """Start a program, seize it, stop it at a system call by the filter, read its memory, kill it."""
    names = ["trace a child (ptrace)", "filter system calls (seccomp)", "describe a call", "read a guest's memory"]
    passed: list[Check] = []
    waiting, permission = high_pipe()
    program = filter_for(Subscription.of(Sysno.execve))
    assert program is not None
    plan = SpawnPlan([AwaitPermission(waiting), StopSelf(), InstallFilter(program)], _PROGRAM, ["probe", "-c", ""], {})
    spawned = spawn(plan)
    try:
        tid = Tid(spawned.pid)
        requests.seize(tid, OUR_OPTIONS | EXIT_WITH_TRACER)
        passed.append(Check(names[0], True))
        os.write(permission, b"g")
        _run_until(tid, SeccompStop)
        passed.append(Check(names[1], True))
        _, number, path, *_ = SyscallInfoBuffer().load(tid)
        passed.append(Check(names[2], from_kernel(number) == Sysno.execve))
        RemoteMemory(tid).read(path, 1)
        passed.append(Check(names[3], True))
    except (OSError, SpawnError, MemoryFault, NoTracees, _Ended) as error:
        remedy = explain_refusal(error) if isinstance(error, PermissionError) else ""
        passed.append(Check(names[len(passed)], False, " ".join(str(error).split()), remedy))
    finally:
        os.close(waiting)
        os.close(permission)
        _bury(spawned.pid)
        problem = read_report(spawned)
    if problem is not None and not passed[-1].passed:
        passed[-1] = Check(passed[-1].name, False, str(problem), passed[-1].remedy)
    return passed


class _Ended(Exception):
    """The child ended before it came to the stop that was waited for."""


def _run_until(tid: Tid, kind: type[Stop]) -> None:
    wait = Wait()
    while True:
        stopped, status = wait.block()
        stop = decode_status(status)
        if stopped != tid or isinstance(stop, kind):
            return
        if isinstance(stop, Gone | ExitStop | ExecStop):
            raise _Ended(f"the child went past it: {stop}")
        requests.cont(tid, 0)


def _bury(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    wait = Wait()
    try:
        while True:
            tid, status = wait.block()
            if tid == pid and isinstance(decode_status(status), Gone):
                return
            with contextlib.suppress(ProcessLookupError):
                requests.cont(Tid(tid), 0)
    except NoTracees:
        pass


def _yama() -> Check:
    scope = _yama_scope()
    if scope is None:
        return Check("Yama", True, "not active", required=False)
    allowed = scope <= 1 or (scope == 2 and os.geteuid() == 0)
    return Check(
        "Yama",
        allowed,
        f"ptrace_scope is {scope}",
        "sysctl kernel.yama.ptrace_scope=1 lets a parent trace its children",
    )


def _optional() -> list[Check]:
    cpuid = libc.cpuid_faulting_available()
    tsc = libc.tsc_trap_available()
    pmu = libc.hardware_counter_error()
    return [
        Check("trap CPUID", cpuid, remedy="the processor or the hypervisor has no CPUID faulting", required=False),
        Check("trap RDTSC", tsc, remedy="the kernel has no PR_SET_TSC here", required=False),
        Check(
            "hardware counters (PMU)",
            pmu is None,
            remedy=f"{pmu}; virtual machines often have none, else see kernel.perf_event_paranoid",
            required=False,
        ),
    ]


def _yama_scope() -> int | None:
    try:
        return int(_YAMA.read_text())
    except (OSError, ValueError):
        return None


def _seccomp_mode() -> int:
    return int(status_fields("self", "Seccomp").get("Seccomp", "0"))


__all__ = ["examine", "explain_attach_refusal", "explain_refusal", "why_not"]
