"""Numbers and sizes that cross into the kernel, against the C headers."""

import subprocess
from pathlib import Path

from reverie.arch.x86_64 import NAMES
from reverie_ptrace.kernel.layouts import (
    EXIT_WITH_TRACER,
    OUR_OPTIONS,
    SIGINFO_BYTES,
    SYSCALL_INFO_BYTES,
    EventCode,
    Option,
    Request,
)
from reverie_ptrace.kernel.registers import RegisterBuffer
from tests.support.compile import compiler

NEWER = {"PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG", "PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG"}
"""Since Linux 6.4; headers may be older."""

PROGRAM = """
#include <stddef.h>
#include <stdio.h>
#include <signal.h>
#include <sys/user.h>
#include <linux/ptrace.h>
#define show(name) printf("%s %lu\\n", #name, (unsigned long)(name))
int main(void)
{
@names
	printf("SIGINFO_BYTES %zu\\n", sizeof(siginfo_t));
	printf("SYSCALL_INFO_BYTES %zu\\n", sizeof(struct ptrace_syscall_info));
@offsets
	return 0;
}
"""


def test_all_numbers_are_those_of_the_headers(tmp_path: Path) -> None:
    expected = {f"PTRACE_{request.name}": int(request) for request in Request}
    expected |= {f"PTRACE_O_{option.name}": int(option) for option in Option}
    expected |= {f"PTRACE_EVENT_{event.name}": int(event) for event in EventCode}
    names = "\n".join(_show(name) for name in expected)
    offsets = "\n".join(f'\tprintf("{name} %zu\\n", offsetof(struct user_regs_struct, {name}) / 8);' for name in NAMES)
    expected |= {"SIGINFO_BYTES": SIGINFO_BYTES, "SYSCALL_INFO_BYTES": SYSCALL_INFO_BYTES}
    expected |= {name: index for index, name in enumerate(NAMES)}
    source = tmp_path / "numbers.c"
    source.write_text(PROGRAM.replace("@names", names).replace("@offsets", offsets))
    subprocess.run([*compiler(), "-o", tmp_path / "numbers", source], check=True)
    output = subprocess.run([tmp_path / "numbers"], check=True, capture_output=True, text=True).stdout
    found = dict(_pairs(output))
    assert found == {name: value for name, value in expected.items() if name in found or name not in NEWER}


def _show(name: str) -> str:
    line = f"\tshow({name});"
    return f"#ifdef {name}\n{line}\n#endif" if name in NEWER else line


def _pairs(output: str) -> list[tuple[str, int]]:
    return [(name, int(value)) for name, value in (line.split() for line in output.splitlines())]


def test_our_options_tell_every_birth_and_end_and_only_a_guest_of_ours_ends_with_us() -> None:
    for option in (Option.TRACECLONE, Option.TRACEFORK, Option.TRACEVFORK, Option.TRACEEXIT, Option.TRACEEXEC):
        assert option in OUR_OPTIONS
    assert EXIT_WITH_TRACER is Option.EXITKILL
    assert Option.EXITKILL not in OUR_OPTIONS


def test_a_register_buffer_s_words_are_the_memory_that_the_kernel_writes() -> None:
    buffer = RegisterBuffer()
    assert len(buffer.words) == len(NAMES) == 27
    buffer.words[:] = memoryview(bytes(27 * 8)).cast("Q")
    buffer.words[3] = 0xFFFF_FFFF_FFFF_FFFF
    assert buffer.words.tobytes()[24:32] == b"\xff" * 8
