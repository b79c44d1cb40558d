"""Subscriptions as seccomp programs: decided by the BPF interpreter, then by the kernel itself."""

import json
import subprocess
import sys
from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reverie import Instruction, Subscription
from reverie.arch import aarch64
from reverie.backend import FILTER_DATA, OWN_INTEREST, filter_for, filter_on
from reverie.subscription import NEVER_TOLD, ON_REQUEST
from reverie_process.seccomp import ALLOW, Action, AuditArch, bpf, trace
from reverie_process.seccomp.bpf import SeccompData
from reverie_syscalls import Sysno

STOP = trace(FILTER_DATA)
LOOK = trace(OWN_INTEREST)
X32 = 0x4000_0000
NAMELESS = [number for number in (*range(700), 0x3FFF_FFFF) if number not in set(Sysno)]


def decide(
    subscription: Subscription,
    nr: int,
    arch: AuditArch = AuditArch.X86_64,
    ip: int = 0x1000,
    looked_at: Collection[Sysno] = (),
) -> Action:
    """Say what becomes of a call, by running the program."""
    program = filter_for(subscription, looked_at)
    assert program is not None
    return Action(bpf.interpret(bpf.decode(program), SeccompData(nr, arch, ip)))


@pytest.mark.parametrize("nothing", [Subscription.none(), Subscription.cpuid(), Subscription.rdtsc()])
def test_a_tool_that_wants_no_calls_needs_no_filter(nothing: Subscription) -> None:
    assert filter_for(nothing) is None


def test_exactly_the_named_calls_stop() -> None:
    wanted = Subscription.of("openat", "close", "%network")
    for sysno in Sysno:
        assert decide(wanted, sysno) == (STOP if sysno in wanted else ALLOW), sysno.name


def test_what_the_backend_looks_at_stops_for_it_unless_the_tool_wants_it() -> None:
    wanted, looked_at = Subscription.of("openat", "clone"), (Sysno.clone, Sysno.clone3, Sysno.rt_sigreturn)
    assert decide(wanted, Sysno.clone, looked_at=looked_at) == STOP
    assert decide(wanted, Sysno.openat, looked_at=looked_at) == STOP
    assert decide(wanted, Sysno.clone3, looked_at=looked_at) == LOOK
    assert decide(wanted, Sysno.rt_sigreturn, looked_at=looked_at) == LOOK
    assert decide(wanted, Sysno.fork, looked_at=looked_at) == ALLOW
    nearly_all = Subscription.all_syscalls() - Subscription.of("clone3")
    assert decide(nearly_all, Sysno.clone3, looked_at=looked_at) == LOOK
    assert filter_for(Subscription.none(), looked_at) is None


def test_all_syscalls_stop_but_those_that_are_never_told() -> None:
    for sysno in Sysno:
        assert decide(Subscription.all_syscalls(), sysno) == (ALLOW if sysno in NEVER_TOLD | ON_REQUEST else STOP), (
            sysno.name
        )


def test_a_call_on_request_stops_when_it_is_named() -> None:
    (sysno,) = ON_REQUEST
    assert decide(Subscription.of(sysno), sysno) == STOP
    assert decide(Subscription.all_syscalls() | Subscription.of(sysno), sysno) == STOP


@given(st.frozensets(st.sampled_from(Sysno)), st.frozensets(st.sampled_from(Sysno), max_size=20))
def test_any_set_of_calls_stops_and_no_other(some: frozenset[Sysno], left_out: frozenset[Sysno]) -> None:
    named = Subscription(some)
    nearly_all = Subscription.all_syscalls() - Subscription(left_out)
    for sysno in some | left_out | NEVER_TOLD | ON_REQUEST:
        if named:
            assert decide(named, sysno) == (STOP if sysno in some - NEVER_TOLD else ALLOW)
        assert decide(nearly_all, sysno) == (ALLOW if sysno in left_out | NEVER_TOLD | ON_REQUEST else STOP)


def test_on_aarch64_the_same_calls_stop_by_its_numbers() -> None:
    wanted = Subscription.of("openat", "open", "%network")
    program = filter_on(AuditArch.AARCH64, aarch64.KERNEL_NUMBERS, wanted).program()
    for sysno, number in aarch64.KERNEL_NUMBERS.items():
        action = Action(bpf.interpret(program, SeccompData(number, AuditArch.AARCH64, 0x1000)))
        assert action == (STOP if sysno in wanted else ALLOW), sysno.name
    assert Action(bpf.interpret(program, SeccompData(56, AuditArch.X86_64, 0x1000))) == STOP


def test_a_number_without_a_name_stops_only_when_all_calls_are_wanted() -> None:
    for number in (*NAMELESS, 0xFFFF_FFFF, -1):
        assert decide(Subscription.of("read"), number) == ALLOW, number
        assert decide(Subscription.all_syscalls(), number) == STOP, number
        assert decide(Subscription.all_syscalls() - Subscription.of("read"), number) == STOP, number


@pytest.mark.parametrize(
    ("number", "arch"),
    [
        (0, AuditArch.I386),
        (11, AuditArch.I386),
        (0, AuditArch.AARCH64),
        (X32, AuditArch.X86_64),
        (X32 | 59, 0xC000003E),
    ],
)
def test_calls_of_another_number_space_always_stop(number: int, arch: AuditArch) -> None:
    assert decide(Subscription.all_syscalls(), number, arch) == STOP
    assert decide(Subscription.of("read", "execve"), number, arch) == STOP


def test_where_a_call_comes_from_makes_no_difference() -> None:
    for ip in (0, 0x7000_0002, 0x7FFF_FFFF_F000, (1 << 64) - 1):
        assert decide(Subscription.of("read"), Sysno.read, ip=ip) == STOP


def test_instructions_do_not_change_the_filter() -> None:
    calls = Subscription.of("read", "write")
    both = Subscription(calls.syscalls, instructions=Instruction.CPUID)
    assert filter_for(both) == filter_for(calls)


@pytest.mark.parametrize(
    "wanted", [Subscription.of("read"), Subscription.all_syscalls(), Subscription(frozenset(Sysno))]
)
def test_the_kernel_takes_every_program(wanted: Subscription) -> None:
    program = filter_for(wanted)
    assert program is not None
    bpf.check(bpf.decode(program))


# In the kernel. Without a tracer a call that should stop fails with ENOSYS instead (seccomp(2), SECCOMP_RET_TRACE),
# so a child can tell for itself which of its calls stopped.

CHILD = """
import ctypes, json, os, sys
from reverie_process.seccomp import install
numbers = json.loads(sys.argv[2])
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
found = ctypes.create_string_buffer(len(numbers))
install(bytes.fromhex(sys.argv[1]))
for index, number in enumerate(numbers):
    ctypes.set_errno(0)
    libc.syscall(number, -1, -1, -1, -1, -1, -1)
    found[index] = ctypes.get_errno() == 38
os.write(1, found.raw)
os._exit(0)
"""

HARMLESS = [Sysno.close, Sysno.getpid, Sysno.getppid, Sysno.dup, Sysno.getuid, Sysno.fsync, Sysno.lseek, Sysno.gettid]
"""Calls that all exist and do no harm with -1 for each argument."""


def stopped_in_the_kernel(wanted: Subscription, numbers: list[Sysno]) -> list[Sysno]:
    program = filter_for(wanted)
    assert program is not None
    words = [sys.executable, "-c", CHILD, program.hex(), json.dumps([int(number) for number in numbers])]
    result = subprocess.run(words, stdout=subprocess.PIPE, check=True)
    return [number for number, stopped in zip(numbers, result.stdout, strict=True) if stopped]


@pytest.mark.parametrize("chosen", [HARMLESS[:1], HARMLESS[::2], HARMLESS[1:4], [Sysno.acct]])
def test_the_kernel_stops_exactly_the_named_calls(chosen: list[Sysno]) -> None:
    assert stopped_in_the_kernel(Subscription.of(*chosen), HARMLESS) == [n for n in HARMLESS if n in chosen]


def test_the_kernel_stops_all_but_what_was_taken_away() -> None:
    # What the child itself needs after the installation; only the interpreter's own housekeeping.
    needed = Subscription.of("write", "exit_group", "mmap", "munmap", "brk", "futex", "rt_sigaction", "madvise")
    wanted = Subscription.all_syscalls() - needed - Subscription.of(*HARMLESS[2:5])
    assert stopped_in_the_kernel(wanted, HARMLESS) == [n for n in HARMLESS if n not in HARMLESS[2:5]]
