"""Rules about system calls, compiled to a seccomp program, and the program's installation.

The program looks at a call in four steps:

1. architecture: any other than the filter's own gets `foreign`. Numbers mean
   nothing before this test: `int 0x80` in an x86-64 process makes i386 calls;
2. instruction pointer: a call from an exempt range is allowed;
3. number: x32's are one more range of numbers, with `x32` for its action;
4. the action of the range the number is in.

Steps 2 and 3 are one routine. A *span* is a start and a target; spans in order
cover all 32-bit values; a balanced search over their starts ends at the target
after about log2(spans) comparisons. A pointer has 64 bits and BPF compares 32,
so its high word is searched first, and where a high word is only partly
exempt, its target is a search of the low word. There is no 64-bit comparison
that could be wrong at a multiple of 4 GiB.

A target is a return or a label. Conditions on arguments will be such labels:
a number's span leads to code that loads the words of an argument and returns.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from errno import EACCES, ESRCH
from typing import Final, TypeAlias

from reverie_process import libc
from reverie_process.seccomp import bpf

__all__ = [
    "ALLOW",
    "KILL_PROCESS",
    "KILL_THREAD",
    "LOG",
    "SECCOMP_FILTER_FLAG_LOG",
    "SECCOMP_FILTER_FLAG_NEW_LISTENER",
    "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
    "SECCOMP_FILTER_FLAG_TSYNC",
    "SECCOMP_FILTER_FLAG_TSYNC_ESRCH",
    "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
    "TRAP",
    "USER_NOTIF",
    "X32_SYSCALL_BIT",
    "Action",
    "AuditArch",
    "FilterFlag",
    "SyscallFilter",
    "errno",
    "install",
    "trace",
]

X32_SYSCALL_BIT: Final = 0x4000_0000
"""Set in the number of an x32 call, whose architecture is X86_64 (asm/unistd.h of x86)."""

# Offsets in struct seccomp_data; every architecture we run on puts the low word first.
_NR, _ARCH, _IP_LOW, _IP_HIGH = 0, 4, 8, 12

_WORD_END: Final = 1 << 32
_MAX_DATA: Final = 0xFFFF  # SECCOMP_RET_DATA
_MAX_ERRNO: Final = 4095  # the kernel cuts larger ones to this (kernel/seccomp.c, __seccomp_filter)


class AuditArch(IntEnum):
    """Names of architectures as `seccomp_data.arch` gives them (include/uapi/linux/audit.h)."""

    X86_64 = 0xC000_003E
    I386 = 0x4000_0003
    AARCH64 = 0xC000_00B7


class FilterFlag(IntFlag):
    """Flags of SECCOMP_SET_MODE_FILTER (include/uapi/linux/seccomp.h)."""

    TSYNC = 1
    LOG = 2
    SPEC_ALLOW = 4
    NEW_LISTENER = 8
    TSYNC_ESRCH = 16
    WAIT_KILLABLE_RECV = 32


SECCOMP_FILTER_FLAG_TSYNC: Final = FilterFlag.TSYNC
"""Give the filter to every thread of the process, not to the caller alone."""
SECCOMP_FILTER_FLAG_LOG: Final = FilterFlag.LOG
"""Log every action but ALLOW, if kernel.seccomp.actions_logged lists it."""
SECCOMP_FILTER_FLAG_SPEC_ALLOW: Final = FilterFlag.SPEC_ALLOW
"""Do not switch on the mitigation of speculative store bypass, which slows the process for good."""
SECCOMP_FILTER_FLAG_NEW_LISTENER: Final = FilterFlag.NEW_LISTENER
"""Return a descriptor that receives the calls with USER_NOTIF."""
SECCOMP_FILTER_FLAG_TSYNC_ESRCH: Final = FilterFlag.TSYNC_ESRCH
"""Let a failing TSYNC answer ESRCH, not a thread's id, which could be taken for a descriptor."""
SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV: Final = FilterFlag.WAIT_KILLABLE_RECV
"""Once a notification is received, let only fatal signals interrupt the notified call."""


@dataclass(frozen=True, slots=True)
class Action:
    """What becomes of a call: the 32 bits that a program returns.

    Take one of this module's constants, or call `errno` or `trace`. When several filters
    disagree, the kernel takes the first of KILL_PROCESS, KILL_THREAD, TRAP, `errno`,
    USER_NOTIF, `trace`, LOG, ALLOW.
    """

    value: int

    def __post_init__(self) -> None:
        if self.value & ~_MAX_DATA not in _ACTION_NAMES:
            raise ValueError(f"no seccomp action has the value {self.value:#x}; use ALLOW, errno(n), …")

    def __str__(self) -> str:
        name, data = _ACTION_NAMES[self.value & ~_MAX_DATA], self.value & _MAX_DATA
        return f"{name}({data})" if data or name in ("errno", "trace") else name


_ERRNO: Final = 0x0005_0000
_TRACE: Final = 0x7FF0_0000
_ACTION_NAMES: Final[Mapping[int, str]] = {
    0x8000_0000: "KILL_PROCESS",
    0x0000_0000: "KILL_THREAD",
    0x0003_0000: "TRAP",
    _ERRNO: "errno",
    0x7FC0_0000: "USER_NOTIF",
    _TRACE: "trace",
    0x7FFC_0000: "LOG",
    0x7FFF_0000: "ALLOW",
}

KILL_PROCESS: Final = Action(0x8000_0000)
"""End the whole process as if by SIGSYS."""
KILL_THREAD: Final = Action(0x0000_0000)
"""End the calling thread as if by SIGSYS. Rarely wanted: the other threads wait for its locks."""
TRAP: Final = Action(0x0003_0000)
"""Send SIGSYS, which the process may handle; the call is not made."""
USER_NOTIF: Final = Action(0x7FC0_0000)
"""Ask the listener; without one the call fails with ENOSYS."""
LOG: Final = Action(0x7FFC_0000)
"""Allow and log."""
ALLOW: Final = Action(0x7FFF_0000)
"""Make the call as if there were no filter."""


def errno(number: int) -> Action:
    """Return the action that lets a call fail with this errno; with 0 it is not made but returns 0.

    Raises:
        ValueError: the number is not in 0..4095.
    """
    if not 0 <= number <= _MAX_ERRNO:
        raise ValueError(f"an errno is a number from 0 to {_MAX_ERRNO}, not {number}")
    return Action(_ERRNO | number)


def trace(data: int = 0) -> Action:
    """Return the action that stops the thread for its tracer.

    The tracer reads `data` by PTRACE_GETEVENTMSG. Without a tracer that set
    PTRACE_O_TRACESECCOMP the call fails with ENOSYS.

    Raises:
        ValueError: `data` has more than the 16 bits that a program can return.
    """
    if not 0 <= data <= _MAX_DATA:
        raise ValueError(f"the data of trace() has 16 bits (0 to {_MAX_DATA}), not {data}")
    return Action(_TRACE | data)


@dataclass(frozen=True, slots=True)
class SyscallFilter:
    """What to do with each system call of a process.

    Args:
        arch: the architecture the numbers belong to.
        rules: actions by number, unsigned as the filter sees them.
        default: the action of every other number.
        foreign: the action of calls of any other architecture, before anything else is looked at.
        x32: the action of x32's numbers, X86_64 only: bit 30 set and not negative, so that -1,
            which a tracer writes to skip a call, is not taken for one. None treats them as
            ordinary numbers.
        exempt: ranges of addresses, begin and end (exclusive), whose calls are allowed. A call's
            address is that after its instruction. Ranges may overlap.

    Raises:
        ValueError: a number, a range or the use of `x32` makes no sense.
    """

    arch: AuditArch
    rules: Mapping[int, Action]
    default: Action
    foreign: Action = KILL_PROCESS
    x32: Action | None = None
    exempt: Sequence[tuple[int, int]] = ()

    def __post_init__(self) -> None:
        if self.x32 is not None and self.arch is not AuditArch.X86_64:
            raise ValueError(f"x32 is an ABI of X86_64 only, this filter is for {AuditArch(self.arch).name}")
        for number in self.rules:
            if not 0 <= number < _WORD_END:
                raise ValueError(f"a rule's number has 32 bits and no sign, as the filter sees it, not {number}")
            if self.x32 is not None and X32_SYSCALL_BIT <= number < 2 * X32_SYSCALL_BIT:
                raise ValueError(f"rule for {number:#x} would never apply: the x32 action covers it")
        for begin, end in self.exempt:
            if not 0 <= begin < end <= 1 << 64:
                raise ValueError(f"exempt range {begin:#x}..{end:#x} is empty, turned round or beyond 64 bits")

    def program(self) -> tuple[bpf.Instruction, ...]:
        """Return the filter's program.

        Raises:
            ValueError: it needs more than 4096 instructions.
        """
        assembler = bpf.Assembler()
        assembler.statement(bpf.BPF_LD | bpf.BPF_W | bpf.BPF_ABS, _ARCH)
        assembler.jump(bpf.BPF_JMP | bpf.BPF_JEQ | bpf.BPF_K, self.arch, otherwise=_ret(self.foreign))
        if self.exempt:
            _exempt(assembler, self.exempt, otherwise="number")
        assembler.place("number")
        assembler.statement(bpf.BPF_LD | bpf.BPF_W | bpf.BPF_ABS, _NR)
        _search(assembler, list(_cover(self._numbers(), _ret(self.default))))
        return assembler.assemble()

    def compile(self) -> bytes:
        """Return the program as the bytes that `install` takes.

        Raises:
            ValueError: it needs more than 4096 instructions.
        """
        return bpf.encode(self.program())

    def disassemble(self) -> str:
        """Return the program as readable text."""
        return bpf.disassemble(self.program(), lambda value: str(Action(value)))

    def _numbers(self) -> list["_Piece"]:
        pieces: list[_Piece] = [(number, number + 1, _ret(action)) for number, action in self.rules.items()]
        if self.x32 is not None:
            pieces.append((X32_SYSCALL_BIT, 2 * X32_SYSCALL_BIT, _ret(self.x32)))
        return sorted(pieces, key=_begin)


_Target: TypeAlias = str | bpf.Instruction
_Span: TypeAlias = tuple[int, _Target]  # from here to the next span's start
_Piece: TypeAlias = tuple[int, int, _Target]  # begin, end (exclusive)


def _ret(action: Action) -> bpf.Instruction:
    return bpf.ret(action.value)


def _begin(piece: _Piece) -> int:
    return piece[0]


def _cover(pieces: Iterable[_Piece], elsewhere: _Target) -> Iterator[_Span]:
    """Yield spans that cover all 32-bit values; neighbours with one target are one span.

    The pieces must be sorted and disjoint.
    """
    position, last = 0, None
    for begin, end, target in (*pieces, (_WORD_END, _WORD_END, elsewhere)):
        if position < begin and elsewhere != last:
            yield position, elsewhere
            last = elsewhere
        if begin < end and target != last:
            yield begin, target
            last = target
        position = end


def _search(assembler: bpf.Assembler, spans: Sequence[_Span]) -> None:
    """Add the balanced search for the span that the accumulator is in."""
    if len(spans) == 1:
        assembler.goto(spans[0][1])
        return
    low, high = spans[: len(spans) // 2], spans[len(spans) // 2 :]
    below = low[0][1] if len(low) == 1 else assembler.new_label()
    above = high[0][1] if len(high) == 1 else assembler.new_label()
    assembler.jump(bpf.BPF_JMP | bpf.BPF_JGE | bpf.BPF_K, high[0][0], then=above, otherwise=below)
    for half, label in ((low, below), (high, above)):
        if len(half) > 1 and isinstance(label, str):
            assembler.place(label)
            _search(assembler, half)


def _exempt(assembler: bpf.Assembler, ranges: Sequence[tuple[int, int]], otherwise: str) -> None:
    """Add the test that allows a call from one of the ranges and else goes to `otherwise`."""
    rows: list[_Piece] = []
    partly: dict[int, list[_Piece]] = {}
    for begin, end in _merged(ranges):
        for high, high_end, low, low_end in _rows(begin, end):
            if low_end - low == _WORD_END:
                rows.append((high, high_end, _ret(ALLOW)))
            else:
                partly.setdefault(high, []).append((low, low_end, _ret(ALLOW)))
    labels = {high: assembler.new_label() for high in partly}
    rows += [(high, high + 1, label) for high, label in labels.items()]
    assembler.statement(bpf.BPF_LD | bpf.BPF_W | bpf.BPF_ABS, _IP_HIGH)
    _search(assembler, list(_cover(sorted(rows, key=_begin), otherwise)))
    for high, label in labels.items():
        assembler.place(label)
        assembler.statement(bpf.BPF_LD | bpf.BPF_W | bpf.BPF_ABS, _IP_LOW)
        _search(assembler, list(_cover(partly[high], otherwise)))


def _merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(ranges):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _rows(begin: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Cut a range where its high word changes.

    Yields high words from and to, low words from and to; whole high words come as one row.
    """
    while begin < end:
        high, low = divmod(begin, _WORD_END)
        whole = (end - begin) // _WORD_END if low == 0 else 0
        stop = begin + whole * _WORD_END if whole else min(end, (high + 1) * _WORD_END)
        yield high, high + (whole or 1), low, _WORD_END if whole else low + stop - begin
        begin = stop


def install(program: bytes, *, flags: int = 0) -> None:
    """Put the calling thread, and all that it starts from now on, under the program.

    It cannot be taken off again. Gives up new privileges (PR_SET_NO_NEW_PRIVS)
    only if the kernel asks for it, so that a privileged caller's setuid programs keep working.

    Raises:
        ValueError: the kernel would refuse the program (see `bpf.check`), or `flags` asks for a
            listener, whose descriptor would be lost: `notify.py` is for that.
        ProcessLookupError: TSYNC, and some thread could not be given the program; none was.
        OSError: seccomp(2) failed.
    """
    if flags & FilterFlag.NEW_LISTENER:
        raise ValueError("install() returns no listener; use reverie_process.seccomp.notify for NEW_LISTENER")
    bpf.check(bpf.decode(program))
    try:
        result = libc.seccomp_set_filter(program, flags)
    except PermissionError as error:
        # EACCES has one meaning here: neither CAP_SYS_ADMIN in the user namespace nor no_new_privs
        # (seccomp_prepare_filter). To ask the kernel is surer than to work out the capability.
        if error.errno != EACCES:
            raise
        libc.set_no_new_privs()
        result = libc.seccomp_set_filter(program, flags)
    if result > 0:  # what TSYNC answers when it fails, without TSYNC_ESRCH
        raise ProcessLookupError(ESRCH, f"seccomp(TSYNC) failed: thread {result} has a filter that this one has not")
