"""Classic BPF without a kernel, and then the same questions put to the kernel."""

import json
import os
import platform
import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reverie_process.seccomp import bpf
from reverie_process.seccomp.bpf import Assembler, Instruction, SeccompData, interpret, ret

U32 = 0xFFFF_FFFF
DATA = SeccompData(nr=39, arch=0xC000003E, ip=0x1122334455667788, args=(1, 2, 3, 4, 5, 0xFEDCBA9876543210))
LD_ABS = bpf.BPF_LD | bpf.BPF_W | bpf.BPF_ABS
LD_IMM = bpf.BPF_LD | bpf.BPF_IMM
LDX_IMM = bpf.BPF_LDX | bpf.BPF_IMM
RET_A = bpf.BPF_RET | bpf.BPF_A
TAX = bpf.BPF_MISC | bpf.BPF_TAX
TXA = bpf.BPF_MISC | bpf.BPF_TXA
JA = bpf.BPF_JMP | bpf.BPF_JA
JEQ = bpf.BPF_JMP | bpf.BPF_JEQ | bpf.BPF_K

words = st.integers(0, U32)
bytes_ = st.integers(0, 255)
instructions = st.builds(Instruction, st.integers(0, 0xFFFF), bytes_, bytes_, words)


def run(*steps: tuple[int, int] | Instruction, data: SeccompData = DATA) -> int:
    program = [step if isinstance(step, Instruction) else Instruction(step[0], 0, 0, step[1]) for step in steps]
    return interpret(program, data)


# Bytes


def test_an_instruction_is_eight_bytes_as_struct_sock_filter() -> None:
    assert bpf.encode([Instruction(0x0115, 2, 3, 0xC000003E)]) == bytes.fromhex("1501 02 03 3e0000c0")


@given(st.lists(instructions))
def test_decode_gives_back_what_encode_got(program: list[Instruction]) -> None:
    assert list(bpf.decode(bpf.encode(program))) == program


def test_decode_refuses_half_an_instruction() -> None:
    with pytest.raises(ValueError, match="12 bytes"):
        bpf.decode(bytes(12))


@pytest.mark.parametrize("wide", [Instruction(0x10000, 0, 0, 0), Instruction(0, 256, 0, 0), ret(1 << 32)])
def test_encode_refuses_a_field_that_does_not_fit(wide: Instruction) -> None:
    with pytest.raises(ValueError, match="cannot encode"):
        bpf.encode([wide])


# The interpreter


def test_each_word_of_the_data_can_be_loaded() -> None:
    loaded = [run((LD_ABS, offset), (RET_A, 0)) for offset in range(0, 64, 4)]
    assert loaded[:4] == [39, 0xC000003E, 0x55667788, 0x11223344]
    assert loaded[4:] == [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 0x76543210, 0xFEDCBA98]


def test_a_negative_number_is_seen_unsigned() -> None:
    assert run((LD_ABS, 0), (RET_A, 0), data=SeccompData(nr=-1, arch=0)) == U32


@pytest.mark.parametrize(
    ("operation", "a", "operand", "result"),
    [
        (bpf.BPF_ADD, U32, 2, 1),
        (bpf.BPF_SUB, 1, 2, U32),
        (bpf.BPF_MUL, 0x10000, 0x10001, 0x10000),
        (bpf.BPF_DIV, 7, 2, 3),
        (bpf.BPF_DIV, U32, 2, 0x7FFFFFFF),
        (bpf.BPF_OR, 0xF0, 0x0F, 0xFF),
        (bpf.BPF_AND, 0xFF, 0x3C, 0x3C),
        (bpf.BPF_XOR, 0xFF, 0x3C, 0xC3),
        (bpf.BPF_LSH, 0x80000001, 1, 2),
        (bpf.BPF_RSH, 0x80000001, 31, 1),
        (bpf.BPF_NEG, 1, 0, U32),
        (bpf.BPF_NEG, 0, 0, 0),
    ],
)
def test_arithmetic_has_32_bits_with_constant_and_register(operation: int, a: int, operand: int, result: int) -> None:
    alu = bpf.BPF_ALU | operation
    assert run((LD_IMM, a), (alu | bpf.BPF_K, operand), (RET_A, 0)) == result
    if operation != bpf.BPF_NEG:
        by_register = (LDX_IMM, operand), (LD_IMM, a), (alu | bpf.BPF_X, 0), (RET_A, 0)
        assert run(*by_register) == result


def test_division_by_a_zero_register_returns_0_at_once() -> None:
    divide = bpf.BPF_ALU | bpf.BPF_DIV | bpf.BPF_X
    assert run((LD_IMM, 5), (divide, 0), ret(77)) == 0


def test_a_shift_by_register_takes_five_bits() -> None:
    shift = bpf.BPF_ALU | bpf.BPF_LSH | bpf.BPF_X
    assert run((LDX_IMM, 33), (LD_IMM, 1), (shift, 0), (RET_A, 0)) == 2


def test_registers_move_and_start_as_zero() -> None:
    assert run((RET_A, 0)) == 0
    assert run((TXA, 0), (RET_A, 0)) == 0
    assert run((LD_IMM, 5), (TAX, 0), (LD_IMM, 6), (TXA, 0), (RET_A, 0)) == 5


def test_scratch_memory_keeps_both_registers() -> None:
    store = (LD_IMM, 5), (LDX_IMM, 6), (bpf.BPF_ST, 0), (bpf.BPF_STX, 15)
    assert run(*store, (bpf.BPF_LD | bpf.BPF_MEM, 15), (RET_A, 0)) == 6
    assert run(*store, (bpf.BPF_LDX | bpf.BPF_MEM, 0), (TXA, 0), (RET_A, 0)) == 5


def test_the_length_is_that_of_struct_seccomp_data() -> None:
    assert run((bpf.BPF_LD | bpf.BPF_LEN, 0), (RET_A, 0)) == 64
    assert run((bpf.BPF_LDX | bpf.BPF_LEN, 0), (TXA, 0), (RET_A, 0)) == 64


@pytest.mark.parametrize(
    ("test", "a", "operand", "holds"),
    [
        (bpf.BPF_JEQ, 5, 5, True),
        (bpf.BPF_JEQ, 5, 6, False),
        (bpf.BPF_JGT, 6, 5, True),
        (bpf.BPF_JGT, 5, 5, False),
        (bpf.BPF_JGT, U32, 1, True),
        (bpf.BPF_JGE, 5, 5, True),
        (bpf.BPF_JGE, 4, 5, False),
        (bpf.BPF_JSET, 6, 2, True),
        (bpf.BPF_JSET, 6, 9, False),
    ],
)
def test_comparisons_are_unsigned_with_constant_and_register(test: int, a: int, operand: int, holds: bool) -> None:
    for source, k in ((bpf.BPF_K, operand), (bpf.BPF_X, 0)):
        jump = Instruction(bpf.BPF_JMP | test | source, 1, 0, k)
        assert run((LDX_IMM, operand), (LD_IMM, a), jump, ret(0), ret(1)) == holds


def test_an_unconditional_jump_counts_in_32_bits() -> None:
    assert run(Instruction(JA, 0, 0, 300), *[ret(0)] * 300, ret(1)) == 1


# The check

REFUSED = {
    "has 1 to 4096": [],
    "not 4097": [ret(0)] * 4097,
    "ends in BPF_RET": [Instruction(LD_IMM, 0, 0, 0)],
    "aligned word": [Instruction(LD_ABS, 0, 0, 2), ret(0)],
    "below offset 64": [Instruction(LD_ABS, 0, 0, 64), ret(0)],
    "does not allow": [Instruction(bpf.BPF_ALU | 0x90, 0, 0, 1), ret(0)],  # BPF_MOD
    r"code 0x0028": [Instruction(bpf.BPF_LD | 0x08 | bpf.BPF_ABS, 0, 0, 0), ret(0)],  # BPF_H
    r"instruction 1 .*past the end": [ret(0), Instruction(JA, 0, 0, 1), ret(0)],
    r"code 0x0005, k 0xffffffff.*past the end": [Instruction(JA, 0, 0, U32), ret(0)],  # backwards
    r"code 0x0015.*past the end": [Instruction(JEQ, 0, 1, 0), ret(0)],
    "code 0x0025.*past the end": [Instruction(0x25, 1, 0, 0), ret(0)],
    "constant zero": [Instruction(bpf.BPF_ALU | bpf.BPF_DIV, 0, 0, 0), ret(0)],
    "shift by 32": [Instruction(bpf.BPF_ALU | bpf.BPF_RSH, 0, 0, 32), ret(0)],
    "has 16 words": [Instruction(bpf.BPF_ST, 0, 0, 16), ret(0)],
    r"reads scratch word M\[3\]": [Instruction(bpf.BPF_LD | bpf.BPF_MEM, 0, 0, 3), ret(0)],
    r"instruction 2 reads scratch word M\[1\]": [
        Instruction(JEQ, 1, 0, 0),
        Instruction(bpf.BPF_ST, 0, 0, 1),
        Instruction(bpf.BPF_LDX | bpf.BPF_MEM, 0, 0, 1),
        ret(0),
    ],
}


@pytest.mark.parametrize("reason", REFUSED)
def test_the_interpreter_refuses_what_the_kernel_refuses_and_says_why(reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        interpret(REFUSED[reason], DATA)


@pytest.mark.parametrize("wide", [Instruction(JEQ, 256, 0, 0), Instruction(JEQ, 0, -1, 0), ret(1 << 32)])
def test_the_interpreter_refuses_what_has_no_encoding(wide: Instruction) -> None:
    with pytest.raises(ValueError, match="does not fit its width"):
        interpret([wide, *[ret(0)] * 300], DATA)


def test_scratch_memory_written_on_every_path_may_be_read() -> None:
    bpf.check(
        [
            Instruction(JEQ, 0, 2, 0),
            Instruction(bpf.BPF_ST, 0, 0, 1),
            Instruction(JA, 0, 0, 1),
            Instruction(bpf.BPF_STX, 0, 0, 1),
            Instruction(bpf.BPF_LD | bpf.BPF_MEM, 0, 0, 1),
            ret(0),
        ]
    )


# The assembler


def test_labels_returns_and_falling_through_become_distances() -> None:
    assembler = Assembler()
    assembler.jump(JEQ, 1, then="there", otherwise=ret(7))
    assembler.statement(TAX)
    assembler.place("there")
    assembler.jump(JEQ, 2, then=ret(7))
    assembler.goto(ret(8))
    assert assembler.assemble() == (
        Instruction(JEQ, 1, 2, 1),
        Instruction(TAX, 0, 0, 0),
        Instruction(JEQ, 0, 1, 2),
        ret(7),
        ret(8),
    )


def test_a_near_return_is_shared() -> None:
    assembler = Assembler()
    for number in range(100):
        assembler.jump(JEQ, number, then=ret(1))
    assembler.goto(ret(0))
    program = assembler.assemble()
    assert program.count(ret(1)) == 1
    assert len(program) == 102


@pytest.mark.parametrize("gap", [0, 1, 253, 254, 255, 256, 257, 1000, 4000])
@pytest.mark.parametrize("ways", [("near", "far"), ("far", "near"), ("far", "further"), (None, "far")])
def test_a_jump_reaches_any_distance(gap: int, ways: tuple[str | None, str]) -> None:
    assembler = Assembler()
    assembler.statement(LD_ABS, 0)
    assembler.jump(JEQ, 39, then=ways[0], otherwise=ways[1])
    assembler.place("near")
    assembler.statement(LD_IMM, 0)
    for _ in range(gap):
        assembler.statement(bpf.BPF_ALU | bpf.BPF_ADD, 1)
    assembler.place("far")
    assembler.statement(bpf.BPF_ALU | bpf.BPF_ADD, 1)
    assembler.place("further")
    assembler.statement(RET_A)
    program = assembler.assemble()
    lands = {None: gap + 1, "near": gap + 1, "far": 40, "further": 39}
    other = {None: gap + 1, "near": gap + 1, "far": 41, "further": 40}
    assert interpret(program, SeccompData(39, 0)) == lands[ways[0]]
    assert interpret(program, SeccompData(40, 0)) == other[ways[1]]
    assert len(program) <= gap + 5 + 2


def test_many_jumps_to_one_far_label_share_their_landings() -> None:
    assembler = Assembler()
    assembler.statement(LD_ABS, 0)
    for number in range(4000):
        assembler.jump(JEQ, number, then="end")
    assembler.goto(ret(0))
    assembler.place("end")
    assembler.goto(ret(1))
    program = assembler.assemble()
    assert len(program) <= 4003 + 4000 // 254 + 1
    for number in (*range(0, 4000, 127), 3999):
        assert interpret(program, SeccompData(number, 0)) == 1
    assert interpret(program, SeccompData(4000, 0)) == 0


def test_a_program_of_4096_is_assembled_and_one_more_refused() -> None:
    assembler = Assembler()
    for _ in range(4095):
        assembler.statement(TAX)
    assembler.goto(ret(1))
    assert len(assembler.assemble()) == 4096
    assembler.goto(ret(1))
    with pytest.raises(ValueError, match="4097"):
        assembler.assemble()


def test_labels_are_placed_once_and_behind_their_jumps() -> None:
    backwards = Assembler()
    backwards.place("loop")
    backwards.goto("loop")
    with pytest.raises(ValueError, match=r"'loop'.*forward only"):
        backwards.assemble()
    twice = Assembler()
    twice.place("here")
    twice.place("here")
    with pytest.raises(ValueError, match="'here' is placed twice"):
        twice.assemble()
    assert twice.new_label() != twice.new_label()


class Model:
    """Runs an assembler's source by its labels, so that the layout has something to agree with."""

    def __init__(self, jumps: list[tuple[int, int | None, int | None]]) -> None:
        self.jumps = jumps  # number to compare with, distances of labels or None

    def assemble(self) -> tuple[Instruction, ...]:
        assembler = Assembler()
        assembler.statement(LD_ABS, 0)
        for index, (k, then, otherwise) in enumerate(self.jumps):
            assembler.place(f"{index}")
            assembler.jump(JEQ, k, then=self.target(index, then), otherwise=self.target(index, otherwise))
        assembler.goto(ret(len(self.jumps)))
        return assembler.assemble()

    def target(self, index: int, distance: int | None) -> str | Instruction | None:
        if distance is None:
            return None
        landing = index + 1 + distance
        return f"{landing}" if landing < len(self.jumps) else ret(distance)

    def run(self, number: int) -> int:
        index = 0
        while index < len(self.jumps):
            k, then, otherwise = self.jumps[index]
            target = self.target(index, then if number == k else otherwise)
            if isinstance(target, Instruction):
                return target.k
            index = index + 1 if target is None else int(target)
        return len(self.jumps)


@pytest.mark.parametrize("seed", range(20))
def test_long_random_programs_go_where_their_labels_say(seed: int) -> None:
    choose = random.Random(seed)
    distances = [None, 0, 1, 200, 253, 254, 255, 256, 700, 2000, 5000]
    jumps = [(choose.randrange(4), choose.choice(distances), choose.choice(distances)) for _ in range(1500)]
    model = Model(jumps)
    program = model.assemble()
    for number in range(5):
        assert interpret(program, SeccompData(number, 0)) == model.run(number)


# The text


def test_the_text_of_a_program_names_what_it_does() -> None:
    program = [
        Instruction(LD_ABS, 0, 0, 12),
        Instruction(JEQ, 1, 0, 0x10),
        Instruction(JA, 0, 0, 1),
        Instruction(bpf.BPF_ALU | bpf.BPF_AND | bpf.BPF_X, 0, 0, 0),
        Instruction(bpf.BPF_STX, 0, 0, 3),
        Instruction(LD_ABS, 0, 0, 60),
        Instruction(0xFFFF, 1, 2, 3),
        ret(0x50001),
    ]
    assert bpf.disassemble(program).splitlines() == [
        "   0  A = ip.high",
        "   1  if A == 0x10 goto 3 else 2",
        "   2  goto 4",
        "   3  A &= X",
        "   4  M[3] = X",
        "   5  A = args[5].high",
        "   6  ? code 0xffff jt 1 jf 2 k 0x3",
        "   7  return 0x50001",
    ]
    assert bpf.disassemble([ret(9)], "number {}".format) == "   0  return number 9"


@given(st.lists(instructions))
def test_any_instructions_have_a_text(program: list[Instruction]) -> None:
    assert len(bpf.disassemble(program).splitlines()) == len(program)


# The kernel

ALLOWED_CODES = sorted(bpf._ALLOWED)
GETPRIORITY = {"x86_64": 140, "aarch64": 141}.get(platform.machine(), -1)
known_machine = pytest.mark.skipif(
    GETPRIORITY < 0, reason="the number of getpriority is known for x86_64 and aarch64 only"
)

# Installs each program in a child of its own and reports what getpriority then returns:
# a number, or None when the kernel refused the program.
ORACLE = """
import ctypes, json, os, sys
from reverie_process import libc

syscall = ctypes.CDLL(None, use_errno=True).syscall
syscall.restype = ctypes.c_long

def ask(program, nr, args):
    try:
        libc.seccomp_set_filter(bytes.fromhex(program), 0)
    except OSError:
        return None
    result = syscall(ctypes.c_long(nr), *(ctypes.c_ulong(arg) for arg in args))
    return -ctypes.get_errno() if result == -1 else result

libc.set_no_new_privs()
answers = []
for question in json.load(sys.stdin):
    reading, writing = os.pipe()
    if not (pid := os.fork()):
        os.write(writing, json.dumps(ask(*question)).encode())
        os._exit(0)
    os.close(writing)
    answers.append(json.loads(os.read(reading, 100)))
    os.close(reading)
    os.waitpid(pid, 0)
print(json.dumps(answers))
"""


def ask_kernel(questions: list[tuple[list[Instruction], tuple[int, ...]]]) -> list[int | None]:
    encoded = [(bpf.encode(program).hex(), GETPRIORITY, args) for program, args in questions]
    done = subprocess.run(
        [sys.executable, "-c", ORACLE],
        input=json.dumps(encoded),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    answers: list[int | None] = json.loads(done.stdout)
    return answers


def concerning_getpriority(program: list[Instruction]) -> list[Instruction]:
    """Let the program decide about getpriority alone, so that the child can live and report."""
    return [
        Instruction(LD_ABS, 0, 0, 0),
        Instruction(JEQ, 1, 0, GETPRIORITY),
        ret(0x7FFF0000),
        *program,
    ]


def is_taken(program: list[Instruction]) -> bool:
    try:
        bpf.check(program)
    except ValueError:
        return False
    return True


@known_machine
def test_the_kernel_takes_and_refuses_the_same_programs() -> None:
    choose = random.Random(1)
    some_k = [0, 1, 2, 3, 4, 15, 16, 31, 32, 60, 64, U32]

    def instruction() -> Instruction:
        code = choose.choice(ALLOWED_CODES) if choose.random() < 0.97 else choose.randrange(0x100)
        near = choose.random() < 0.8
        return Instruction(
            code,
            choose.randrange(3),
            choose.randrange(3),
            choose.choice(some_k[: 5 if near else 12]),
        )

    programs = []
    for _ in range(600):
        body = [instruction() for _ in range(choose.randrange(6))]
        end = [ret(0x50001)] * 2 if choose.random() < 0.9 else []
        programs.append(body + end)
    programs += REFUSED.values()
    # Any of them might kill the child; with a return in front they are checked and never run.
    programs = [[ret(0x7FFF0000), *program] for program in programs]
    answers = ask_kernel([(program, (0, 0)) for program in programs])
    assert [answer is not None for answer in answers] == [is_taken(program) for program in programs]
    assert 50 < sum(map(is_taken, programs)) < 550


@known_machine
def test_the_kernel_computes_the_same_results() -> None:
    choose = random.Random(2)
    some_k = [1, 2, 3, 7, 31, 0x80000000, U32]
    codes = [code for code in ALLOWED_CODES if code & 7 in (bpf.BPF_ALU, bpf.BPF_MISC, bpf.BPF_JMP)]
    codes.remove(JA)
    codes += [
        LD_ABS,
        LDX_IMM,
        LD_IMM,
        bpf.BPF_ST,
        bpf.BPF_STX,
        bpf.BPF_LD | bpf.BPF_MEM,
        bpf.BPF_LDX | bpf.BPF_MEM,
    ]
    prologue = [Instruction(bpf.BPF_ST, 0, 0, 1), Instruction(bpf.BPF_STX, 0, 0, 2)]
    # The result becomes an errno, all its bits folded into twelve that the kernel returns.
    epilogue = [
        Instruction(TAX, 0, 0, 0),
        Instruction(bpf.BPF_ALU | bpf.BPF_RSH, 0, 0, 13),
        Instruction(bpf.BPF_ALU | bpf.BPF_XOR | bpf.BPF_X, 0, 0, 0),
        Instruction(bpf.BPF_ALU | bpf.BPF_AND, 0, 0, 0x7FF),
        Instruction(bpf.BPF_ALU | bpf.BPF_OR, 0, 0, 0x50800),
        Instruction(RET_A, 0, 0, 0),
    ]

    def instruction() -> Instruction:
        code = choose.choice(codes)
        k = choose.choice(some_k)
        if code == LD_ABS:
            k = choose.randrange(16, 64, 4)
        elif code in (bpf.BPF_ST, bpf.BPF_STX, bpf.BPF_LD | bpf.BPF_MEM, bpf.BPF_LDX | bpf.BPF_MEM):
            k = choose.randrange(1, 3)
        elif code in (bpf.BPF_ALU | bpf.BPF_LSH, bpf.BPF_ALU | bpf.BPF_RSH):
            k &= 31
        return Instruction(code, choose.randrange(3), choose.randrange(3), k)

    questions = []
    for _ in range(400):
        body = [instruction() for _ in range(choose.randrange(1, 25))]
        args = tuple(choose.choice([0, 1, U32, 1 << 32, choose.getrandbits(64)]) for _ in range(6))
        # A division by zero would kill the thread: tested above, by the interpreter alone.
        program = concerning_getpriority(prologue + body + epilogue)
        if interpret(program, SeccompData(GETPRIORITY, 0, args=args)) != 0:  # type: ignore[arg-type]  # six
            questions.append((program, args))
    expected = [
        -(interpret(program, SeccompData(GETPRIORITY, 0, args=args)) & 0xFFF)  # type: ignore[arg-type]  # six
        for program, args in questions
    ]
    assert len(questions) > 300
    assert ask_kernel(questions) == expected


@known_machine
def test_the_kernel_takes_4096_instructions_and_not_4097() -> None:
    longest = [*[Instruction(TAX, 0, 0, 0)] * 4095, ret(0x7FFF0000)]
    taken, refused = ask_kernel([(longest, (0, 0)), ([*longest, ret(0x7FFF0000)], (0, 0))])
    assert taken is not None
    assert refused is None
