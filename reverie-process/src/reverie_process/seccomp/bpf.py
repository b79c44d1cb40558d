"""Classic BPF as seccomp allows it: values, bytes, a checker, an interpreter, an assembler.

Nothing here reads, writes or calls the kernel, and nothing knows what a filter
is for: actions and rules are in `filter.py`. The interpreter exists so that a
program can be tested on any machine and with any data, which the kernel does
not offer: it runs a filter only on real calls.

The kernel checks a program twice and so does `check`: `bpf_check_classic` in
net/core/filter.c for what any classic program must obey, then
`seccomp_check_filter` in kernel/seccomp.c, which leaves out packet loads, MOD
and everything else that seccomp has no use for. Both answer EINVAL and no more;
`check` names the instruction and the reason. The tests compare its verdict with
that of the kernel they run on.
"""

import operator
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

__all__ = [
    "BPF_MAXINSNS",
    "Assembler",
    "Instruction",
    "SeccompData",
    "Target",
    "check",
    "decode",
    "disassemble",
    "encode",
    "interpret",
    "ret",
]

# Source of the spelling and the numbers: include/uapi/linux/bpf_common.h and filter.h.
# Class, the low three bits:
BPF_LD, BPF_LDX, BPF_ST, BPF_STX, BPF_ALU, BPF_JMP, BPF_RET, BPF_MISC = range(8)
# Width and mode of a load. Seccomp has no halfwords and no bytes.
BPF_W: Final = 0x00
BPF_IMM, BPF_ABS, BPF_IND, BPF_MEM, BPF_LEN = range(0x00, 0xA0, 0x20)
# Operation of BPF_ALU; BPF_MOD (0x90) is classic BPF but not seccomp.
BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_OR, BPF_AND, BPF_LSH, BPF_RSH, BPF_NEG = range(0x00, 0x90, 0x10)
BPF_XOR: Final = 0xA0
# Operation of BPF_JMP; there is no "less than": swap the two ways instead.
BPF_JA, BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET = range(0x00, 0x50, 0x10)
# Operand: the constant, the index register, or (for BPF_RET) the accumulator.
BPF_K, BPF_X, BPF_A = 0x00, 0x08, 0x10
BPF_TAX, BPF_TXA = 0x00, 0x80

BPF_MAXINSNS: Final = 4096
"""The longest program the kernel takes (include/uapi/linux/bpf_common.h)."""

BPF_MEMWORDS: Final = 16
SECCOMP_DATA_BYTES: Final = 64  # sizeof(struct seccomp_data)

_U32: Final = 0xFFFF_FFFF
_FARTHEST: Final = 255  # jt and jf are bytes; only BPF_JA counts in 32 bits
_SOCK_FILTER: Final = struct.Struct("<HBBI")  # struct sock_filter; every architecture we run on is little endian
_SECCOMP_DATA: Final = struct.Struct("<IIQ6Q")  # struct seccomp_data, include/uapi/linux/seccomp.h


@dataclass(frozen=True, slots=True)
class Instruction:
    """One `struct sock_filter`; `jt` and `jf` count instructions to skip."""

    code: int
    jt: int
    jf: int
    k: int


@dataclass(frozen=True, slots=True)
class SeccompData:
    """What a filter sees of a call.

    `nr` may be negative (a tracer writes -1 to skip a call); the filter sees it unsigned.
    `ip` is the address after the syscall instruction.
    """

    nr: int
    arch: int
    ip: int = 0
    args: tuple[int, int, int, int, int, int] = (0, 0, 0, 0, 0, 0)

    def words(self) -> tuple[int, ...]:
        """Return the sixteen 32-bit words a program can load, low half first."""
        return struct.unpack("<16I", _SECCOMP_DATA.pack(self.nr & _U32, self.arch, self.ip, *self.args))


def ret(value: int) -> Instruction:
    """Return the instruction that ends a program with this constant."""
    return Instruction(BPF_RET | BPF_K, 0, 0, value)


def encode(program: Sequence[Instruction]) -> bytes:
    """Return the program as the array of `struct sock_filter` that the kernel reads.

    Raises:
        ValueError: a field does not fit its width. The program is not otherwise checked.
    """
    try:
        return b"".join(_SOCK_FILTER.pack(step.code, step.jt, step.jf, step.k) for step in program)
    except struct.error as error:
        raise ValueError(f"cannot encode BPF program: {error} (code is 16 bits, jt and jf 8, k 32)") from error


def decode(program: bytes) -> tuple[Instruction, ...]:
    """Return the instructions that `encode` made these bytes from.

    Raises:
        ValueError: the length is no multiple of eight.
    """
    if len(program) % _SOCK_FILTER.size:
        raise ValueError(f"cannot decode BPF program: {len(program)} bytes are not a multiple of eight")
    return tuple(Instruction(*fields) for fields in _SOCK_FILTER.iter_unpack(program))


# Operations by their bits. The accumulator has 32 bits, so the caller cuts the result.
_ALU: Final[Mapping[int, tuple[str, Callable[[int, int], int]]]] = {
    BPF_ADD: ("+", operator.add),
    BPF_SUB: ("-", operator.sub),
    BPF_MUL: ("*", operator.mul),
    BPF_DIV: ("/", operator.floordiv),
    BPF_OR: ("|", operator.or_),
    BPF_AND: ("&", operator.and_),
    # The kernel translates to eBPF, whose 32-bit shifts by a register take five bits of it
    # (kernel/bpf/core.c); a constant of 32 and more does not pass the check.
    BPF_LSH: ("<<", lambda a, operand: a << (operand & 31)),
    BPF_RSH: (">>", lambda a, operand: a >> (operand & 31)),
    BPF_XOR: ("^", operator.xor),
}
_TESTS: Final[Mapping[int, tuple[str, Callable[[int, int], bool]]]] = {
    BPF_JEQ: ("==", operator.eq),
    BPF_JGT: (">", operator.gt),
    BPF_JGE: (">=", operator.ge),
    BPF_JSET: ("&", lambda a, operand: a & operand != 0),
}
_ALLOWED: Final = frozenset(
    {
        BPF_LD | BPF_W | BPF_ABS,
        BPF_RET | BPF_K,
        BPF_RET | BPF_A,
        BPF_JMP | BPF_JA,
        BPF_ALU | BPF_NEG,
        BPF_ST,
        BPF_STX,
    }
    | {load | BPF_W | mode for load in (BPF_LD, BPF_LDX) for mode in (BPF_IMM, BPF_MEM, BPF_LEN)}
    | {BPF_ALU | operation | source for operation in _ALU for source in (BPF_K, BPF_X)}
    | {BPF_JMP | test | source for test in _TESTS for source in (BPF_K, BPF_X)}
    | {BPF_MISC | BPF_TAX, BPF_MISC | BPF_TXA}
)
_RETURNS: Final = (BPF_RET | BPF_K, BPF_RET | BPF_A)
_READS: Final = (BPF_LD | BPF_MEM, BPF_LDX | BPF_MEM)


def check(program: Sequence[Instruction]) -> None:
    """Refuse what the kernel would refuse, with the reason it does not give.

    Raises:
        ValueError: names the first instruction the kernel would not take.
    """
    if not 1 <= len(program) <= BPF_MAXINSNS:
        raise ValueError(f"a BPF program has 1 to {BPF_MAXINSNS} instructions, not {len(program)}")
    for pc, step in enumerate(program):
        if fault := _fault(step, len(program) - pc - 1):
            raise ValueError(f"BPF instruction {pc} (code {step.code:#06x}, k {step.k:#x}): {fault}")
    if program[-1].code not in _RETURNS:
        raise ValueError(f"a BPF program ends in BPF_RET; instruction {len(program) - 1} is something else")
    _check_scratch_memory(program)


def _fault(step: Instruction, after: int) -> str | None:
    """Say what is wrong with one instruction that has `after` more behind it."""
    code, k = step.code, step.k
    if not (0 <= step.jt <= _FARTHEST and 0 <= step.jf <= _FARTHEST and 0 <= k <= _U32):
        return f"a field does not fit its width: jt {step.jt}, jf {step.jf}"
    if code not in _ALLOWED:
        return "seccomp does not allow this operation"
    if code == BPF_LD | BPF_W | BPF_ABS and (k % 4 or k >= SECCOMP_DATA_BYTES):
        return f"a load must be of an aligned word below offset {SECCOMP_DATA_BYTES}"
    if code in (BPF_ST, BPF_STX, *_READS) and k >= BPF_MEMWORDS:
        return f"scratch memory has {BPF_MEMWORDS} words"
    if code == BPF_ALU | BPF_DIV | BPF_K and k == 0:
        return "division by a constant zero"
    if code in (BPF_ALU | BPF_LSH | BPF_K, BPF_ALU | BPF_RSH | BPF_K) and k >= 32:
        return "a shift by 32 bits or more"
    if any(distance >= after for distance in _distances(step)):
        return "a jump past the end"
    return None


def _distances(step: Instruction) -> tuple[int, ...]:
    """Return how far the instruction may jump; nothing when it cannot."""
    if step.code & 0x07 != BPF_JMP:
        return ()
    return (step.k,) if step.code == BPF_JMP | BPF_JA else (step.jt, step.jf)


def _check_scratch_memory(program: Sequence[Instruction]) -> None:
    # The kernel does not clear scratch memory, so no path may read a word it did not write
    # (check_load_and_stores). Jumps go forward only, hence one pass sees every path. Code behind
    # a return counts as reached from it: stricter than need be, but the kernel's answer.
    everything = (1 << BPF_MEMWORDS) - 1
    arriving = [everything] * len(program)
    arriving[0] = written = 0
    for pc, step in enumerate(program):
        written &= arriving[pc]
        if step.code in (BPF_ST, BPF_STX):
            written |= 1 << step.k
        elif step.code in _READS and not written & 1 << step.k:
            raise ValueError(f"BPF instruction {pc} reads scratch word M[{step.k}] unwritten on some path")
        for distance in _distances(step):
            arriving[pc + 1 + distance] &= written
        if step.code & 0x07 == BPF_JMP:
            written = everything


def interpret(program: Sequence[Instruction], data: SeccompData) -> int:
    """Run the program on one call and return its 32-bit answer, as the kernel would.

    Raises:
        ValueError: the kernel would not take the program (see `check`).
    """
    check(program)
    words, memory = data.words(), [0] * BPF_MEMWORDS
    a = x = pc = 0  # the kernel clears both registers first (bpf_convert_filter)
    while True:
        step = program[pc]
        pc += 1
        kind, operation, operand = (
            step.code & 0x07,
            step.code & 0xF0,
            x if step.code & BPF_X else step.k,
        )
        if kind == BPF_RET:
            return a if step.code & BPF_A else step.k
        if kind == BPF_JMP:
            pc += _distance(step, a, operand)
        elif kind == BPF_LD:
            a = _load(step, words, memory)
        elif kind == BPF_LDX:
            x = _load(step, words, memory)
        elif kind in (BPF_ST, BPF_STX):
            memory[step.k] = a if kind == BPF_ST else x
        elif kind == BPF_MISC:
            a, x = (x, x) if operation == BPF_TXA else (a, a)
        elif operation == BPF_NEG:
            a = -a & _U32
        elif operation == BPF_DIV and operand == 0:
            return 0  # only by X; the kernel ends the program there (bpf_convert_filter)
        else:
            a = _ALU[operation][1](a, operand) & _U32


def _load(step: Instruction, words: Sequence[int], memory: Sequence[int]) -> int:
    mode = step.code & 0xE0
    if mode == BPF_ABS:
        return words[step.k // 4]
    if mode == BPF_MEM:
        return memory[step.k]
    return SECCOMP_DATA_BYTES if mode == BPF_LEN else step.k


def _distance(step: Instruction, a: int, operand: int) -> int:
    if step.code == BPF_JMP | BPF_JA:
        return step.k
    return step.jt if _TESTS[step.code & 0xF0][1](a, operand) else step.jf


Target: TypeAlias = str | Instruction | None
"""Where a jump goes: to a label, to a `ret` like this one (shared), or to what comes next."""


@dataclass(frozen=True, slots=True)
class _Jump:
    code: int
    k: int
    then: Target
    otherwise: Target


class Assembler:
    """Collects instructions, labels and jumps, and lays them out as a program.

    A conditional jump reaches 255 instructions, a program has up to 4096. So a
    target farther away gets a landing: a BPF_JA placed right behind the jump,
    which skips it either way. Returns are never jumped to from afar: a copy of
    the return takes the one slot that the BPF_JA to it would. Later jumps
    to the same target use the nearest landing, so each target costs at most one
    slot in 255.

    All jumps go forward, therefore the layout is made from the last instruction
    to the first: every target's place is known when a jump to it is written, and
    no second pass is needed.
    """

    def __init__(self) -> None:
        self._items: list[Instruction | _Jump | str] = []
        self._labels = 0

    def statement(self, code: int, k: int = 0) -> None:
        """Add an instruction that does not jump."""
        self._items.append(Instruction(code, 0, 0, k))

    def jump(self, code: int, k: int = 0, *, then: Target = None, otherwise: Target = None) -> None:
        """Add a conditional jump; `code` is BPF_JMP with a test and BPF_K or BPF_X."""
        self._items.append(_Jump(code, k, then, otherwise))

    def goto(self, target: str | Instruction) -> None:
        """Add an unconditional jump, or the return itself."""
        self._items.append(target if isinstance(target, Instruction) else _Jump(BPF_JMP | BPF_JA, 0, target, None))

    def place(self, label: str) -> None:
        """Let the label name the instruction that is added next."""
        self._items.append(label)

    def new_label(self) -> str:
        """Return a label's name that this assembler has not given out before."""
        self._labels += 1
        return f".{self._labels}"

    def assemble(self) -> tuple[Instruction, ...]:
        """Return the program.

        Raises:
            ValueError: a label is placed twice, or not behind every jump to it; or see `check`.
        """
        layout = _Layout()
        for item in reversed(self._items):
            if isinstance(item, str):
                layout.place(item)
            elif isinstance(item, Instruction):
                layout.add(item)
            elif item.code == BPF_JMP | BPF_JA:
                layout.carry_to(item.then)
            else:
                layout.add_jump(item)
        program = tuple(reversed(layout.backwards))
        check(program)
        return program


class _Layout:
    """The tail of a program, last instruction first.

    A place is counted from the program's end: the length of the tail that begins
    there. The next instruction to be added skips `len(tail) - place` others.
    """

    def __init__(self) -> None:
        self.backwards: list[Instruction] = []
        self._labels: dict[str, int] = {}
        self._landings: dict[str | Instruction, int] = {}

    def place(self, label: str) -> None:
        if label in self._labels:
            raise ValueError(f"BPF label {label!r} is placed twice")
        self._labels[label] = self._landings[label] = len(self.backwards)

    def add(self, step: Instruction) -> None:
        self.backwards.append(step)
        if step.code == BPF_RET | BPF_K:
            self._landings[step] = len(self.backwards)

    def carry_to(self, target: Target) -> None:
        """Add what brings the program to the target from any distance, and note it as a landing."""
        if isinstance(target, Instruction):
            self.add(target)
        elif target is not None:
            if target not in self._labels:
                raise ValueError(f"BPF label {target!r} is not behind the jump to it; jumps go forward only")
            distance = len(self.backwards) - self._labels[target]
            self.backwards.append(Instruction(BPF_JMP | BPF_JA, 0, 0, distance))
            self._landings[target] = len(self.backwards)

    def add_jump(self, jump: _Jump) -> None:
        following = len(self.backwards)
        ways = (jump.then, jump.otherwise)
        for target in ways * 2:  # twice: a landing for one way can push the other from 255 to 256
            if target is not None and self._distance(target) > _FARTHEST:
                self.carry_to(target)
        jt, jf = (len(self.backwards) - following if way is None else self._distance(way) for way in ways)
        self.add(Instruction(jump.code, jt, jf, jump.k))

    def _distance(self, target: str | Instruction) -> int:
        # Without a landing any number above the farthest will do: it makes one.
        place = self._landings.get(target)
        return _FARTHEST + 1 if place is None else len(self.backwards) - place


_DOUBLES: Final = ("ip", *(f"args[{index}]" for index in range(6)))
_DATA_NAMES: Final = (
    "nr",
    "arch",
    *(f"{name}.{half}" for name in _DOUBLES for half in ("low", "high")),
)


def disassemble(program: Sequence[Instruction], name_return: Callable[[int], str] = hex) -> str:
    """Return the program as text, one numbered line for each instruction.

    Args:
        name_return: says what a returned constant means.
    """
    return "\n".join(f"{pc:4}  {_text(pc, step, name_return)}" for pc, step in enumerate(program))


def _text(pc: int, step: Instruction, name_return: Callable[[int], str]) -> str:
    if step.code not in _ALLOWED:
        return f"? code {step.code:#06x} jt {step.jt} jf {step.jf} k {step.k:#x}"
    kind, operation = step.code & 0x07, step.code & 0xF0
    operand = "X" if step.code & BPF_X else f"{step.k:#x}"
    if kind == BPF_RET:
        return "return A" if step.code & BPF_A else f"return {name_return(step.k)}"
    if kind == BPF_JMP:
        return _jump_text(pc + 1, step, operand)
    if kind in (BPF_LD, BPF_LDX):
        return f"{'A' if kind == BPF_LD else 'X'} = {_source_text(step)}"
    if kind in (BPF_ST, BPF_STX):
        return f"M[{step.k}] = {'A' if kind == BPF_ST else 'X'}"
    if kind == BPF_MISC:
        return "A = X" if operation == BPF_TXA else "X = A"
    return "A = -A" if operation == BPF_NEG else f"A {_ALU[operation][0]}= {operand}"


def _jump_text(following: int, step: Instruction, operand: str) -> str:
    if step.code == BPF_JMP | BPF_JA:
        return f"goto {following + step.k}"
    test = _TESTS[step.code & 0xF0][0]
    return f"if A {test} {operand} goto {following + step.jt} else {following + step.jf}"


def _source_text(step: Instruction) -> str:
    mode = step.code & 0xE0
    if mode == BPF_ABS:
        return _DATA_NAMES[step.k // 4] if step.k < SECCOMP_DATA_BYTES and not step.k % 4 else f"data[{step.k:#x}]"
    if mode == BPF_MEM:
        return f"M[{step.k}]"
    return "sizeof(seccomp_data)" if mode == BPF_LEN else f"{step.k:#x}"
