"""Where an injected call can be issued from: a syscall instruction that the guest has anyway.

No page of our own is mapped into the guest. At a seccomp stop the intercepted call is
changed in place; after a call, the instruction that made it is two bytes back; anywhere
else the vDSO has one, since its functions fall back to the kernel.
"""

import struct
from pathlib import Path
from typing import Final

from reverie.arch.x86_64 import RIP, SYSCALL_INSTRUCTION
from reverie.backend import RemoteMemory
from reverie.errors import InternalError
from reverie_ptrace.commands.registers import know_registers
from reverie_ptrace.tracee import Tracee

_AT_SYSINFO_EHDR: Final = 33
"""auxv: where the vDSO is. getauxval(3)."""
_VDSO_BYTES: Final = 4 * 4096
_AUXV_PAIR: Final = struct.Struct("=QQ")


def syscall_place(tracee: Tracee) -> int:
    """Return the address of a syscall instruction in the tracee, verified just now.

    Raises:
        InternalError: there is none where we look.
    """
    memory = RemoteMemory(tracee.tid)
    before = know_registers(tracee).words[RIP] - len(SYSCALL_INSTRUCTION)
    for candidate in (before, tracee.vdso_syscall):
        if candidate is not None and memory.read_some(candidate, 2) == SYSCALL_INSTRUCTION:
            return candidate
    found = _search_vdso(tracee, memory)
    if found is None:
        raise InternalError(
            f"found no syscall instruction in thread {tracee.tid} to inject a call with:"
            " it has no vDSO, or has unmapped it"
        )
    tracee.vdso_syscall = found
    return found


def _search_vdso(tracee: Tracee, memory: RemoteMemory) -> int | None:
    auxv = Path(f"/proc/{tracee.tid}/auxv").read_bytes()
    whole = len(auxv) - len(auxv) % _AUXV_PAIR.size
    base = dict(_AUXV_PAIR.iter_unpack(auxv[:whole])).get(_AT_SYSINFO_EHDR)
    if not base:
        return None
    offset = memory.read_some(base, _VDSO_BYTES).find(SYSCALL_INSTRUCTION)
    return None if offset < 0 else base + offset


__all__ = ["syscall_place"]
