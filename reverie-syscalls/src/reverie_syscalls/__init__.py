"""Linux system calls as typed values: decode, inspect, change and print them.

This is the front door. Flag sets, enums and structs are imported from `reverie_syscalls.args.flags` and
`reverie_syscalls.args.structs`, which are loaded only when used.
"""

from . import args
from ._generated import calls as _calls
from ._generated.calls import *  # noqa: F403  # its __all__: one class for each described system call
from .decode import decode, described
from .display import RESULT_COLUMN, DisplayOptions, format_call, format_line, format_parts, format_result
from .errnos import RESTART_CODES, Errno, SyscallError, describe, is_error, result_of
from .families import FAMILIES, UnknownFamily, family
from .jsonform import to_json
from .memory import PATH_MAX, Address, Memory, MemoryFault, read_cstring
from .siginfo import SigInfo, format_siginfo
from .signals import Signal, signal_name
from .syscall import Parameter, Syscall, Unknown, Words
from .sysno import AARCH64, Sysno, UnknownSyscallName, by_number, lookup

__all__ = [
    "AARCH64",
    "FAMILIES",
    "PATH_MAX",
    "RESTART_CODES",
    "RESULT_COLUMN",
    "Address",
    "DisplayOptions",
    "Errno",
    "Memory",
    "MemoryFault",
    "Parameter",
    "SigInfo",
    "Signal",
    "Syscall",
    "SyscallError",
    "Sysno",
    "Unknown",
    "UnknownFamily",
    "UnknownSyscallName",
    "Words",
    "args",
    "by_number",
    "decode",
    "describe",
    "described",
    "family",
    "format_call",
    "format_line",
    "format_parts",
    "format_result",
    "format_siginfo",
    "is_error",
    "lookup",
    "read_cstring",
    "result_of",
    "signal_name",
    "to_json",
]
__all__ += _calls.__all__
