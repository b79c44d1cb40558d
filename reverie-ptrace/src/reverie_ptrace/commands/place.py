"""Where an injected call can be issued from: a syscall instruction that the guest has anyway.

No page of our own is mapped into the guest. At a seccomp stop the intercepted call is
changed in place; after a call, the instruction that made it lies just behind; anywhere
else the vDSO has one, since its functions fall back to the kernel.
"""

from pathlib import Path
from typing import Final

from reverie import Auxv
from reverie.arch.machine import PC, SYSCALL_INSTRUCTION
from reverie.backend import RemoteMemory
from reverie.errors import GuestGone, ReverieError
from reverie_process import Tid
from reverie_ptrace.commands.registers import know_registers
from reverie_ptrace.tracee import Tracee

_VDSO_BYTES: Final = 4 * 4096


def syscall_place(tracee: Tracee) -> int:
    """Return the address of a syscall instruction in the tracee, verified just now.

    Where memory cannot be read, as that of a program which the user may execute and not
    read, the instruction is trusted from which the thread has just made a call.

    Raises:
        ReverieError: there is none where we look, or nothing may be looked at.
    """
    memory = RemoteMemory(tracee.tid)
    before = know_registers(tracee).words[PC] - len(SYSCALL_INSTRUCTION)
    made_a_call = tracee.call is not None and not (tracee.foreign or tracee.by_vsyscall)
    if made_a_call and not memory.read_some(before, 1):
        return before
    for candidate in (before, tracee.vdso_syscall):
        if candidate is not None and memory.read_some(candidate, len(SYSCALL_INSTRUCTION)) == SYSCALL_INSTRUCTION:
            return candidate
    found = _search_vdso(tracee, memory)
    if found is None:
        raise ReverieError(
            f"found no syscall instruction in thread {tracee.tid} to inject a call with: it has no vDSO,"
            " or has unmapped it. In the syscall handler, make this call the first that is injected"
        )
    tracee.vdso_syscall = found
    return found


def read_auxv(tid: Tid) -> Auxv:
    """Return the auxiliary vector of a thread's program. Source: proc(5), /proc/pid/auxv.

    Raises:
        GuestGone: the thread is gone.
        ReverieError: the user may not look into it.
    """
    try:
        return Auxv.from_bytes(Path(f"/proc/{tid}/auxv").read_bytes())
    except (FileNotFoundError, ProcessLookupError):
        raise GuestGone(f"thread {tid} is gone: its auxiliary vector cannot be read") from None
    except PermissionError:
        raise ReverieError(
            f"thread {tid} runs a program that this user may execute and not read, or has said by prctl(2) that"
            " nobody may look into it: run the tool as root"
        ) from None


def _search_vdso(tracee: Tracee, memory: RemoteMemory) -> int | None:
    base = read_auxv(tracee.tid).vdso
    if base is None:
        return None
    offset = memory.read_some(base, _VDSO_BYTES).find(SYSCALL_INSTRUCTION)
    return None if offset < 0 else base + offset


__all__ = ["read_auxv", "syscall_place"]
