"""COMMAND: what a thread's restartable sequence asks for before a call is issued from elsewhere.

A sequence that its thread does not finish undisturbed has to be aborted, and the kernel
sees to that when it lets the thread run on: by the address where it runs on (rseq(2);
rseq_ip_fixup, kernel/rseq.c). With an injected call that is another one. The kernel then
forgets the sequence, and the guest would go on in the middle of it.
"""

from struct import Struct
from typing import Final

from reverie.arch.machine import PC
from reverie.backend import RemoteMemory
from reverie_ptrace.commands.registers import know_registers
from reverie_ptrace.tracee import Tracee
from reverie_syscalls import MemoryFault

_POINTER_OFFSET: Final = 8
"""Of rseq_cs in struct rseq, linux/rseq.h."""
_POINTER: Final = Struct("=Q")
_SEQUENCE: Final = Struct("=8xQQQ")
"""struct rseq_cs, linux/rseq.h: its start, its length, and where it is aborted to."""


def abort_sequence(tracee: Tracee) -> None:
    """Do what the kernel would have done: send a thread that stands in a sequence to the end it has for that."""
    area = tracee.stopped.rseq_area()
    if not area:
        return
    memory = RemoteMemory(tracee.tid)
    try:
        (pointer,) = _POINTER.unpack(memory.read(area + _POINTER_OFFSET, _POINTER.size))
        if not pointer:
            return
        start, length, abort = _SEQUENCE.unpack(memory.read(pointer, _SEQUENCE.size))
        words = know_registers(tracee).words
        if 0 <= words[PC] - start < length:
            memory.write(area + _POINTER_OFFSET, _POINTER.pack(0))
            words[PC] = abort
            tracee.registers_changed = True
    except MemoryFault:
        return  # the kernel, which cannot read it either, will end the program


__all__ = ["abort_sequence"]
