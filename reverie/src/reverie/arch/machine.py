"""The registers and the system-call convention of the processor that we run on.

The modules of this folder have the same names; a type checker is shown those of x86-64.
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING or os.uname().machine != "aarch64":
    from reverie.arch.x86_64 import (
        ARGUMENTS,
        AUDIT_ARCH,
        BASES,
        BORN_WITH,
        FOREIGN_NUMBER_BIT,
        KERNEL_NUMBERS,
        NO_SYSCALL,
        NUMBER,
        PC,
        RED_ZONE_BYTES,
        RESULT,
        SIZE_BYTES,
        SP,
        SYSCALL_INSTRUCTION,
        Registers,
        Words,
        change_call,
        foreign_abi,
        from_kernel,
        issue_again,
        issue_call,
        skip_call,
        to_kernel,
    )
else:
    from reverie.arch.aarch64 import (
        ARGUMENTS,
        AUDIT_ARCH,
        BASES,
        BORN_WITH,
        FOREIGN_NUMBER_BIT,
        KERNEL_NUMBERS,
        NO_SYSCALL,
        NUMBER,
        PC,
        RED_ZONE_BYTES,
        RESULT,
        SIZE_BYTES,
        SP,
        SYSCALL_INSTRUCTION,
        Registers,
        Words,
        change_call,
        foreign_abi,
        from_kernel,
        issue_again,
        issue_call,
        skip_call,
        to_kernel,
    )

__all__ = [
    "ARGUMENTS",
    "AUDIT_ARCH",
    "BASES",
    "BORN_WITH",
    "FOREIGN_NUMBER_BIT",
    "KERNEL_NUMBERS",
    "NO_SYSCALL",
    "NUMBER",
    "PC",
    "RED_ZONE_BYTES",
    "RESULT",
    "SIZE_BYTES",
    "SP",
    "SYSCALL_INSTRUCTION",
    "Registers",
    "Words",
    "change_call",
    "foreign_abi",
    "from_kernel",
    "issue_again",
    "issue_call",
    "skip_call",
    "to_kernel",
]
