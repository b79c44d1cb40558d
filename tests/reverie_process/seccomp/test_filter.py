"""Filters against a plain model of them, by the interpreter; then filters in the kernel."""

import json
import os
import platform
import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from errno import EACCES, EPERM

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reverie_process import libc
from reverie_process.seccomp import bpf, filter
from reverie_process.seccomp.bpf import Instruction, SeccompData, interpret
from reverie_process.seccomp.filter import (
    ALLOW,
    KILL_PROCESS,
    KILL_THREAD,
    LOG,
    TRAP,
    USER_NOTIF,
    Action,
    AuditArch,
    FilterFlag,
    SyscallFilter,
    errno,
    install,
    trace,
)

X86_64, I386, AARCH64 = AuditArch.X86_64, AuditArch.I386, AuditArch.AARCH64
U32, U64 = (1 << 32) - 1, (1 << 64) - 1
GIB4 = 1 << 32


def model(rules: SyscallFilter, data: SeccompData) -> Action:
    """Say what a filter is meant to do, without a program."""
    number = data.nr & U32
    if data.arch != rules.arch:
        return rules.foreign
    if any(begin <= data.ip < end for begin, end in rules.exempt):
        return ALLOW
    if rules.x32 is not None and number >> 30 == 1:
        return rules.x32
    return rules.rules.get(number, rules.default)


def decide(rules: SyscallFilter, data: SeccompData) -> Action:
    return Action(interpret(rules.program(), data))


def longest_path(program: Sequence[Instruction]) -> int:
    """Count the instructions of the costliest way through a program."""
    cost = [0] * (len(program) + 1)
    for pc in reversed(range(len(program))):
        cost[pc] = 1 + max((cost[pc + 1 + way] for way in ways(program[pc])), default=0)
    return cost[0]


def ways(step: Instruction) -> tuple[int, ...]:
    kind = step.code & 7
    if kind == bpf.BPF_RET:
        return ()
    if kind != bpf.BPF_JMP:
        return (0,)
    return (step.k,) if step.code == bpf.BPF_JMP | bpf.BPF_JA else (step.jt, step.jf)


# Actions


def test_actions_are_the_kernels_numbers() -> None:
    actions = (KILL_PROCESS, KILL_THREAD, TRAP, errno(38), USER_NOTIF, trace(7), LOG, ALLOW)
    values = [0x80000000, 0, 0x30000, 0x50026, 0x7FC00000, 0x7FF00007, 0x7FFC0000, 0x7FFF0000]
    assert [action.value for action in actions] == values


def test_an_action_reads_as_it_is_written() -> None:
    actions = (KILL_PROCESS, TRAP, errno(0), errno(38), trace(), trace(9), ALLOW)
    assert " ".join(map(str, actions)) == ("KILL_PROCESS TRAP errno(0) errno(38) trace(0) trace(9) ALLOW")


@pytest.mark.parametrize("number", [-1, 4096])
def test_an_errno_beyond_the_kernels_is_refused(number: int) -> None:
    assert errno(4095).value == 0x50FFF
    with pytest.raises(ValueError, match="0 to 4095"):
        errno(number)


@pytest.mark.parametrize("data", [-1, 0x10000])
def test_trace_carries_16_bits(data: int) -> None:
    assert trace(0xFFFF).value == 0x7FF0FFFF
    with pytest.raises(ValueError, match="16 bits"):
        trace(data)


@pytest.mark.parametrize("value", [0x10000, -1, 1 << 32, 0x7FFE0000])
def test_a_value_that_is_no_action_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match="no seccomp action"):
        Action(value)


def test_the_flags_are_the_kernels_numbers() -> None:
    assert [flag.value for flag in FilterFlag] == [1, 2, 4, 8, 16, 32]
    for flag in FilterFlag:
        assert getattr(filter, f"SECCOMP_FILTER_FLAG_{flag.name}") is flag


# Filters against the model

actions = st.sampled_from([ALLOW, KILL_PROCESS, TRAP, USER_NOTIF, LOG, errno(1), errno(38), trace()])
numbers = st.one_of(
    st.integers(0, 40),
    st.integers(0x40000000 - 3, 0x40000000 + 3),
    st.integers(0x80000000 - 3, 0x80000000 + 3),
    st.integers(U32 - 3, U32),
    st.integers(0, U32),
)
addresses = st.one_of(
    st.builds(
        lambda row, offset: min(max(row * GIB4 + offset, 0), U64),
        st.sampled_from([0, 1, 2, 3, 5, U32, U32 + 1]),
        st.integers(-3, 3),
    ),
    st.integers(0, U64),
)
ranges = st.tuples(addresses, addresses | st.just(1 << 64)).filter(lambda pair: pair[0] < pair[1])


@st.composite
def filters(draw: st.DrawFn) -> SyscallFilter:
    arch = draw(st.sampled_from(AuditArch))
    x32 = draw(st.none() | actions) if arch is X86_64 else None
    rules = draw(st.dictionaries(numbers, actions, max_size=30))
    if x32 is not None:
        rules = {number: action for number, action in rules.items() if number >> 30 != 1}
    exempt = draw(st.lists(ranges, max_size=5))
    return SyscallFilter(arch, rules, draw(actions), foreign=draw(actions), x32=x32, exempt=exempt)


@given(filters(), st.data())
def test_the_program_agrees_with_the_model(rules: SyscallFilter, data: st.DataObject) -> None:
    near_numbers = [(number + step) & U32 for number in rules.rules for step in (-1, 0, 1)]
    edges = [edge + step for pair in rules.exempt for edge in pair for step in (-1, 0, 1)]
    near_addresses = [edge for edge in edges if 0 <= edge <= U64]
    program = rules.program()
    for _ in range(10):
        call = SeccompData(
            nr=data.draw(st.sampled_from(near_numbers) | numbers if near_numbers else numbers),
            arch=data.draw(st.just(int(rules.arch)) | st.sampled_from(AuditArch)),
            ip=data.draw(st.sampled_from(near_addresses) | addresses if near_addresses else addresses),
        )
        assert Action(interpret(program, call)) == model(rules, call)


@pytest.mark.parametrize("seed", range(10))
def test_large_programs_agree_with_the_model(seed: int) -> None:
    choose = random.Random(seed)
    kinds = 2 + 7**seed % 4000
    table = {number: errno(choose.randrange(kinds)) for number in range(1500)}
    edges = [choose.randrange(U64 - 2 * GIB4) for _ in range(50)]
    exempt = [(edge, edge + choose.randrange(1, 2 * GIB4)) for edge in edges]
    rules = SyscallFilter(X86_64, table, trace(), exempt=exempt)
    program = rules.program()
    for _ in range(150):
        ip = choose.choice(choose.choice(exempt)) + choose.randrange(-1, 1)
        call = SeccompData(choose.randrange(1502), X86_64, ip=ip & U64)
        assert Action(interpret(program, call)) == model(rules, call)


def test_compile_is_the_program_in_bytes() -> None:
    rules = SyscallFilter(X86_64, {1: errno(2)}, ALLOW)
    assert bpf.decode(rules.compile()) == rules.program()


def test_a_filter_reads_as_text() -> None:
    rules = SyscallFilter(X86_64, {39: trace()}, ALLOW, exempt=[(0x70000002, 0x70000003)])
    assert rules.disassemble().splitlines() == [
        "   0  A = arch",
        "   1  if A == 0xc000003e goto 3 else 2",
        "   2  return KILL_PROCESS",
        "   3  A = ip.high",
        "   4  if A >= 0x1 goto 8 else 5",
        "   5  A = ip.low",
        "   6  if A >= 0x70000002 goto 7 else 8",
        "   7  if A >= 0x70000003 goto 8 else 12",
        "   8  A = nr",
        "   9  if A >= 0x27 goto 10 else 12",
        "  10  if A >= 0x28 goto 12 else 11",
        "  11  return trace(0)",
        "  12  return ALLOW",
    ]


# Order of the tests


def test_another_architecture_is_foreign_whatever_its_number_and_address() -> None:
    rules = SyscallFilter(X86_64, {20: ALLOW}, ALLOW, foreign=errno(9), exempt=[(0, 1 << 64)])
    for arch in (I386, AARCH64, 0, U32):
        assert decide(rules, SeccompData(20, arch, ip=5)) == errno(9)


def test_an_exempt_address_comes_before_x32_and_number() -> None:
    rules = SyscallFilter(X86_64, {1: TRAP}, TRAP, x32=KILL_PROCESS, exempt=[(100, 101)])
    for number in (0, 1, 0x40000001):
        assert decide(rules, SeccompData(number, X86_64, ip=100)) == ALLOW
        assert decide(rules, SeccompData(number, X86_64, ip=101)) != ALLOW


def test_x32_numbers_have_bit_30_and_no_sign() -> None:
    rules = SyscallFilter(X86_64, {}, ALLOW, x32=errno(5))
    for number in (0x40000000, 0x40000000 + 39, 0x7FFFFFFF):
        assert decide(rules, SeccompData(number, X86_64)) == errno(5)
    for number in (0x3FFFFFFF, 0x80000000, -1):
        assert decide(rules, SeccompData(number, X86_64)) == ALLOW


def test_without_an_x32_action_its_numbers_are_like_others() -> None:
    rules = SyscallFilter(X86_64, {0x40000001: TRAP}, ALLOW)
    assert decide(rules, SeccompData(0x40000001, X86_64)) == TRAP
    assert decide(rules, SeccompData(0x40000002, X86_64)) == ALLOW


# Address ranges


within_4_gib = [(0, 1), (0x70000002, 0x70000003), (0x7FFFF7FC1000, 0x7FFFF7FC3000), (GIB4, GIB4 + 1)]
to_a_multiple = [(U32, GIB4), (0, GIB4), (0, 2 * GIB4), (GIB4, 2 * GIB4), (GIB4 + 5, 2 * GIB4), (GIB4 - 5, 3 * GIB4)]
across_multiples = [(GIB4 - 1, GIB4 + 1), (GIB4, 3 * GIB4 + 5), (5 * GIB4 + 10, 9 * GIB4 + 5), (5, 9 * GIB4 + 10)]
to_the_end = [(U64 - 5, 1 << 64), (U64, 1 << 64), (U32 << 32, 1 << 64), (0, 1 << 64)]


@pytest.mark.parametrize(("begin", "end"), within_4_gib + to_a_multiple + across_multiples + to_the_end)
def test_a_range_is_right_at_every_edge(begin: int, end: int) -> None:
    rules = SyscallFilter(X86_64, {}, TRAP, exempt=[(begin, end)])
    rows = [row * GIB4 for row in (0, 1, 2, 3, 4, 5, 6, 8, 9, 10, U32)]
    halves = [high + low % GIB4 for high in rows for low in (begin, end)]
    for edge in (0, begin, end, 0x70000002, U64, (begin + end) // 2, *rows, *halves):
        for ip in (edge - 1, edge, edge + 1):
            if 0 <= ip <= U64:
                allowed = decide(rules, SeccompData(0, X86_64, ip=ip)) == ALLOW
                assert allowed == (begin <= ip < end), hex(ip)


def test_the_private_page_exempts_one_address_and_nothing_above_it() -> None:
    # The original project's filter let everything from 0x70000002 to 0xffffffff through.
    rules = SyscallFilter(X86_64, {}, trace(), exempt=[(0x70000002, 0x70000003)])
    exempt = [
        ip
        for ip in (0x70000001, 0x70000002, 0x70000003, 0x70001000, 0x80000000, U32, 0x170000002)
        if decide(rules, SeccompData(0, X86_64, ip=ip)) == ALLOW
    ]
    assert exempt == [0x70000002]


def test_overlapping_and_touching_ranges_are_one() -> None:
    parts = [(50, 60), (10, 20), (20, 30), (25, 40), (26, 27)]
    merged = SyscallFilter(X86_64, {}, TRAP, exempt=[(10, 40), (50, 60)])
    assert SyscallFilter(X86_64, {}, TRAP, exempt=parts).program() == merged.program()


# Size and cost


def test_neighbours_with_one_action_are_one_range() -> None:
    one = SyscallFilter(X86_64, {100: TRAP}, ALLOW)
    many = SyscallFilter(X86_64, dict.fromkeys(range(100, 400), TRAP), ALLOW)
    assert len(many.program()) == len(one.program())


def test_a_rule_equal_to_the_default_costs_nothing() -> None:
    rules = SyscallFilter(X86_64, {100: ALLOW, 200: ALLOW}, ALLOW)
    assert rules.program() == SyscallFilter(X86_64, {}, ALLOW).program()


def test_returns_are_shared() -> None:
    rules = SyscallFilter(X86_64, dict.fromkeys(range(0, 100, 2), TRAP), ALLOW)
    returns = [step for step in rules.program() if step.code & 7 == bpf.BPF_RET]
    assert len(returns) == 3  # TRAP, ALLOW, and KILL_PROCESS for foreign calls


@pytest.mark.parametrize(("rules", "comparisons"), [(1, 2), (10, 5), (100, 8), (450, 10), (1900, 12)])
def test_the_cost_of_a_call_grows_as_the_logarithm(rules: int, comparisons: int) -> None:
    isolated = SyscallFilter(X86_64, dict.fromkeys(range(1, 2 * rules, 2), TRAP), ALLOW)
    # Besides: load and test the architecture, load the number, return; and in a long program
    # a way may lead over landings.
    assert longest_path(isolated.program()) <= comparisons + 4 + (3 if rules > 100 else 0)


def test_a_table_for_more_than_4096_instructions_is_refused() -> None:
    alternating = {number: errno(number % 2) for number in range(4000)}
    assert len(SyscallFilter(X86_64, alternating, ALLOW).program()) <= 4096
    alternating = {number: errno(number % 2) for number in range(4100)}
    with pytest.raises(ValueError, match="1 to 4096 instructions"):
        SyscallFilter(X86_64, alternating, ALLOW).compile()


# Refusals


def test_x32_is_for_x86_64() -> None:
    with pytest.raises(ValueError, match="AARCH64"):
        SyscallFilter(AARCH64, {}, ALLOW, x32=TRAP)


def test_a_rule_that_x32_covers_is_refused() -> None:
    with pytest.raises(ValueError, match="never apply"):
        SyscallFilter(X86_64, {0x40000001: TRAP}, ALLOW, x32=TRAP)


@pytest.mark.parametrize("number", [-1, 1 << 32])
def test_a_number_of_more_than_32_bits_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="32 bits"):
        SyscallFilter(X86_64, {number: TRAP}, ALLOW)


@pytest.mark.parametrize("bad", [(5, 5), (6, 5), (-1, 5), (0, (1 << 64) + 1)])
def test_a_range_that_is_none_is_refused(bad: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="exempt range"):
        SyscallFilter(X86_64, {}, ALLOW, exempt=[bad])


# install(), with a kernel that does as it is told


class FakeLibc:
    def __init__(self, *results: int | OSError) -> None:
        self.results = list(results)
        self.calls: list[object] = []

    def set_no_new_privs(self) -> None:
        self.calls.append("no_new_privs")

    def seccomp_set_filter(self, program: bytes, flags: int) -> int:
        self.calls.append(flags)
        result = self.results.pop(0)
        if isinstance(result, OSError):
            raise result
        return result


PROGRAM = SyscallFilter(X86_64, {}, ALLOW).compile()


def fake(monkeypatch: pytest.MonkeyPatch, *results: int | OSError) -> list[object]:
    fake = FakeLibc(*results)
    monkeypatch.setattr(libc, "seccomp_set_filter", fake.seccomp_set_filter)
    monkeypatch.setattr(libc, "set_no_new_privs", fake.set_no_new_privs)
    return fake.calls


def test_privileges_are_kept_if_the_kernel_does_not_ask_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = fake(monkeypatch, 0)
    install(PROGRAM, flags=FilterFlag.SPEC_ALLOW)
    assert calls == [4]


def test_privileges_are_given_up_if_the_kernel_asks_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = fake(monkeypatch, OSError(EACCES, "no"), 0)
    install(PROGRAM)
    assert calls == [0, "no_new_privs", 0]


def test_other_errors_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = fake(monkeypatch, OSError(EPERM, "no"))
    with pytest.raises(PermissionError):
        install(PROGRAM)
    assert calls == [0]


def test_a_thread_that_cannot_be_synchronized_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, 4711)
    with pytest.raises(ProcessLookupError, match="thread 4711"):
        install(PROGRAM, flags=FilterFlag.TSYNC)


def test_a_listener_would_be_lost_and_a_bad_program_is_not_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = fake(monkeypatch)
    with pytest.raises(ValueError, match="notify"):
        install(PROGRAM, flags=FilterFlag.NEW_LISTENER)
    with pytest.raises(ValueError, match="not 4097"):
        install(bpf.encode([bpf.ret(ALLOW.value)] * 4097))
    with pytest.raises(ValueError, match="not 0"):
        install(b"")
    assert calls == []


# The kernel

MACHINES = {  # architecture, and the numbers of getpriority, getsid, getpgid, prctl
    "x86_64": (X86_64, 140, 124, 121, 157),
    "aarch64": (AARCH64, 141, 156, 155, 167),
}
known_machine = pytest.mark.skipif(
    platform.machine() not in MACHINES,
    reason="syscall numbers are known for x86_64 and aarch64 only",
)
x86_64_only = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86-64 machine code")
ARCH, GETPRIORITY, GETSID, GETPGID, PRCTL = MACHINES.get(platform.machine(), MACHINES["x86_64"])
PR_GET_NO_NEW_PRIVS = 39

# Installs the program, then makes calls and prints the raw results. A call is a list: how,
# where, the number, the arguments. How "call" is by libc; "at" executes the syscall instruction
# that ends at that address; "int80" makes an i386 call.
CHILD = """
import ctypes, json, os, sys
from reverie_process.seccomp import install

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
order = json.load(sys.stdin)

def map_pages(address):
    base = (address - 16) & ~4095
    if base not in pages:
        RWX, PRIVATE_ANONYMOUS_FIXED_NOREPLACE = 7, 0x100022
        assert libc.mmap(base, 8192, RWX, PRIVATE_ANONYMOUS_FIXED_NOREPLACE, -1, 0) == base
        pages.add(base)

def execute(address, code, args):
    ctypes.memmove(address, code, len(code))
    return ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_long] * len(args))(address)(*args)

def call(how, where, nr, *args):
    load = bytes([0xB8]) + (nr & 0xFFFFFFFF).to_bytes(4, "little")  # mov eax, nr
    if how == "at":
        return execute(where - 7, load + bytes.fromhex("0f05c3"), args)
    if how == "int80":
        return execute(where, b"\\x53" + load + bytes.fromhex("cd805bc3"), args)
    result = libc.syscall(ctypes.c_long(nr), *map(ctypes.c_long, args))
    return -ctypes.get_errno() if result == -1 else result

pages = set()
for how, where, *_ in order["calls"]:
    if where:
        map_pages(where)
if order["drop"]:
    os.setresuid(65534, 65534, 65534)
install(bytes.fromhex(order["program"]), flags=order["flags"])
print(json.dumps([call(*each) for each in order["calls"]]), flush=True)
"""

Call = tuple[str | int, ...]


def start(rules: SyscallFilter | bytes, *calls: Call, flags: int = 0, drop: bool = False) -> tuple[int, str]:
    program = rules if isinstance(rules, bytes) else rules.compile()
    order = {"program": program.hex(), "calls": calls, "flags": flags, "drop": drop}
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=json.dumps(order),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return done.returncode, done.stdout


def results(rules: SyscallFilter | bytes, *calls: Call, flags: int = 0, drop: bool = False) -> list[int]:
    returncode, output = start(rules, *calls, flags=flags, drop=drop)
    assert returncode == 0
    values: list[int] = json.loads(output)
    return values


def by_libc(*numbers: int) -> list[Call]:
    return [("call", 0, number, 0, 0) for number in numbers]


@known_machine
def test_the_kernel_refuses_the_chosen_calls_and_makes_the_others() -> None:
    rules = SyscallFilter(ARCH, {GETPRIORITY: errno(77), GETPGID: errno(0)}, ALLOW)
    priority, sid, pgid = results(rules, *by_libc(GETPRIORITY, GETSID, GETPGID))
    assert (priority, sid, pgid) == (-77, os.getsid(0), 0)


@known_machine
def test_the_kernel_refuses_ranges_of_numbers() -> None:
    table = {number: errno(number % 100 + 1) for number in range(1000, 1500)}
    table |= dict.fromkeys(range(2000, 3000), errno(99))
    refused = results(SyscallFilter(ARCH, table, ALLOW), *by_libc(999, 1000, 1499, 1500, 2000, 2999, 3000))
    assert refused == [-38, -1, -100, -38, -99, -99, -38]


@known_machine
def test_the_kernel_takes_a_program_with_far_jumps() -> None:
    table = {number: errno(number % 2 + 1) for number in range(1000, 4900)}
    rules = SyscallFilter(ARCH, table, ALLOW)
    assert 3900 < len(rules.program()) <= 4096
    some = range(1000, 4900, 97)
    assert results(rules, *by_libc(*some)) == [-(number % 2 + 1) for number in some]


@known_machine
def test_install_takes_4096_instructions() -> None:
    load = Instruction(bpf.BPF_LD | bpf.BPF_W | bpf.BPF_ABS, 0, 0, 0)
    longest = bpf.encode([*[load] * 4095, bpf.ret(ALLOW.value)])
    assert results(longest, *by_libc(GETSID), flags=FilterFlag.SPEC_ALLOW) == [os.getsid(0)]


@known_machine
def test_install_gives_up_privileges_only_without_cap_sys_admin() -> None:
    ask: Call = ("call", 0, PRCTL, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)
    rules = SyscallFilter(ARCH, {}, ALLOW)
    if os.geteuid() != 0:
        pytest.skip("compares root with another user: run as root")
    assert results(rules, ask, drop=True) == [1]
    capable = int(status_field("CapEff"), 16) >> 21 & 1
    assert results(rules, ask) == [int(status_field("NoNewPrivs")) if capable else 1]


def status_field(name: str) -> str:
    with open("/proc/self/status", encoding="ascii") as status:
        return next(line.split()[1] for line in status if line.startswith(f"{name}:"))


@known_machine
@pytest.mark.parametrize("action", [KILL_PROCESS, KILL_THREAD, TRAP])
def test_the_kernel_ends_the_process_by_sigsys(action: Action) -> None:
    returncode, output = start(SyscallFilter(ARCH, {GETPRIORITY: action}, ALLOW), *by_libc(GETPRIORITY))
    assert (returncode, output) == (-signal.SIGSYS, "")


@known_machine
def test_a_traced_call_without_a_tracer_fails_with_enosys() -> None:
    rules = SyscallFilter(ARCH, {GETPRIORITY: trace(5), GETPGID: USER_NOTIF, GETSID: LOG}, ALLOW)
    assert results(rules, *by_libc(GETPRIORITY, GETPGID, GETSID)) == [-38, -38, os.getsid(0)]


def executed(*addresses: int) -> list[Call]:
    return [("at", address, GETPRIORITY, 0, 0) for address in addresses]


@x86_64_only
@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (0x70000002, 0x70000003),
        (GIB4 - 1, GIB4),
        (GIB4, GIB4 + 1),
        (GIB4 - 1, GIB4 + 1),
        (0x70000002, GIB4),
        (0x70000002, 2 * GIB4),
        (GIB4, 2 * GIB4),
    ],
)
def test_the_kernel_exempts_exactly_the_range(begin: int, end: int) -> None:
    rules = SyscallFilter(X86_64, {GETPRIORITY: errno(77)}, ALLOW, exempt=[(begin, end)])
    edges = {edge + step for edge in (begin, end, 0x70000002, 0xF0000000, GIB4) for step in (-1, 0, 1)}
    tried = sorted(edges)
    exempt = [result != -77 for result in results(rules, *executed(*tried))]
    assert exempt == [begin <= address < end for address in tried]
    assert True in exempt
    assert False in exempt


@x86_64_only
def test_the_kernel_gives_x32_numbers_their_action() -> None:
    rules = SyscallFilter(X86_64, {}, ALLOW, x32=errno(78))
    tried = by_libc(0x40000000 + 39, 0x7FFFFFFF, 0x3FFFFFFF, -1)
    assert results(rules, *tried) == [-78, -78, -38, -38]


def i386_calls_work() -> bool:
    returncode, output = start(SyscallFilter(X86_64, {}, ALLOW, foreign=ALLOW), ("int80", 0x70000000, 20))
    return returncode == 0 and json.loads(output)[0] > 0


@x86_64_only
def test_an_i386_call_is_foreign() -> None:
    if not i386_calls_work():
        pytest.skip("needs a kernel with CONFIG_IA32_EMULATION, and without ia32_emulation=0")
    i386_getpid: Call = ("int80", 0x70000000, 20)  # 20 is writev on x86-64
    refusing = SyscallFilter(X86_64, {20: TRAP}, ALLOW, foreign=errno(79), exempt=[(0, 1 << 64)])
    assert results(refusing, i386_getpid) == [-79]
    killing = SyscallFilter(X86_64, {}, ALLOW)
    assert start(killing, i386_getpid)[0] == -signal.SIGSYS
