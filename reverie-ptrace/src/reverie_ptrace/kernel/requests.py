"""Each PTRACE_* request, one typed function. Called through a ``Stopped`` handle only.

Every one of them can raise ProcessLookupError (ESRCH) at any time: the tracee was
killed while it was stopped, or it is asked from a thread that is not its tracer.
"""

import ctypes
import errno
import os
from struct import Struct
from typing import Final

from reverie_process import Tid
from reverie_process.libc import library, os_error
from reverie_ptrace.kernel.layouts import FP_BYTES, FP_SET, SIGINFO_BYTES, SYSCALL_INFO_BYTES, Option, Request

_ptrace = library.ptrace
_ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_ulong, ctypes.c_ulong]
_ptrace.restype = ctypes.c_long

# per stop: plain ints; a member of an IntEnum costs a conversion at each call.
_CONT: Final = int(Request.CONT)
_SYSCALL: Final = int(Request.SYSCALL)
_GET_SYSCALL_INFO: Final = int(Request.GET_SYSCALL_INFO)


_INSTRUCTION_POINTER: Final = Struct("=8xQ")
_NO_CALL: Final = b"\0"
_AT_ENTRY: Final = b"\1"
"""PTRACE_SYSCALL_INFO_NONE and _ENTRY, linux/ptrace.h."""

Call = tuple[int, int, int, int, int, int, int, int, int]
"""A call as the kernel describes it at a seccomp stop: architecture, number, six arguments, the filter's data."""


class SyscallInfoBuffer:
    """Where the kernel describes the system call that a tracee is stopped at."""

    __slots__ = ("_address", "_storage")

    _unpack = Struct("=4xI16x7QI").unpack_from

    def __init__(self) -> None:
        self._storage = ctypes.create_string_buffer(SYSCALL_INFO_BYTES)
        self._address = ctypes.addressof(self._storage)

    @property
    def at_entry(self) -> bool:
        """Whether the last one was described at the entry to the call, without a filter's doing."""
        return self._storage[0] == _AT_ENTRY

    @property
    def instruction_pointer(self) -> int:
        """Where the last one was made from: the address behind the instruction, but in the vsyscall page its own."""
        pointer: int = _INSTRUCTION_POINTER.unpack_from(self._storage)[0]
        return pointer

    def load(self, tid: Tid) -> Call:
        """Return the call's architecture (AUDIT_ARCH_*), its number, its six arguments and the filter's data.

        Source: ptrace(2), PTRACE_GET_SYSCALL_INFO, since Linux 5.3.
        """
        if _ptrace(_GET_SYSCALL_INFO, tid, SYSCALL_INFO_BYTES, self._address) < 0:
            raise os_error()
        if self._storage[0] == _NO_CALL:
            # SIGKILL has taken it on to its exit stop, and of a call here only an earlier one's words are left.
            raise ProcessLookupError(errno.ESRCH, os.strerror(errno.ESRCH))
        info: Call = self._unpack(self._storage)
        return info


def getregset(tid: Tid, kind: int, address: int, length: int) -> int:
    """Store a register set at ``address``, at most ``length`` bytes of it; return how many there were.

    Raises:
        OSError: EINVAL, ENODEV for a set that this processor or kernel does not have.

    Source: ptrace(2), PTRACE_GETREGSET, since Linux 2.6.34; the kinds are elf(5)'s NT_*.
    """
    return _regset(Request.GETREGSET, tid, kind, address, length)


def fp_registers(tid: Tid) -> bytes:
    """Return the largest set of floating-point registers that the processor has."""
    buffer = ctypes.create_string_buffer(FP_BYTES)
    length = getregset(tid, FP_SET, ctypes.addressof(buffer), FP_BYTES)
    return buffer.raw[:length]


def setregset(tid: Tid, kind: int, address: int, length: int) -> None:
    """Set a register set from ``length`` bytes at ``address``. See ``getregset``."""
    _regset(Request.SETREGSET, tid, kind, address, length)


def _regset(request: Request, tid: Tid, kind: int, address: int, length: int) -> int:
    iovec = (ctypes.c_uint64 * 2)(address, length)
    if _ptrace(request, tid, kind, ctypes.addressof(iovec)) < 0:
        raise os_error()
    return iovec[1]


def cont(tid: Tid, signo: int) -> None:
    """Restart the tracee, delivering ``signo`` if it is in a signal-delivery-stop (0: none)."""
    if _ptrace(_CONT, tid, 0, signo) < 0:
        raise os_error()


def syscall(tid: Tid, signo: int) -> None:
    """Restart the tracee until the next entry to or exit from a system call. See ``cont``."""
    if _ptrace(_SYSCALL, tid, 0, signo) < 0:
        raise os_error()


def listen(tid: Tid) -> None:
    """Leave the tracee in its group-stop, but hear of what ends it.

    Source: ptrace(2), PTRACE_LISTEN, since Linux 3.4; only after PTRACE_SEIZE.
    """
    if _ptrace(Request.LISTEN, tid, 0, 0) < 0:
        raise os_error()


def interrupt(tid: Tid) -> None:
    """Make a running tracee stop; a call that it waits in is interrupted. For a tracee that was seized.

    Source: ptrace(2), PTRACE_INTERRUPT, since Linux 3.4.
    """
    if _ptrace(Request.INTERRUPT, tid, 0, 0) < 0:
        raise os_error()


def getsigmask(tid: Tid) -> int:
    """Return the tracee's blocked signals, signal n in bit n - 1.

    Inside a call with a mask of its own, such as sigsuspend, it is the mask to be put
    back after it (ptrace_request, kernel/ptrace.c).

    Source: ptrace(2), PTRACE_GETSIGMASK, since Linux 3.11.
    """
    mask = ctypes.c_uint64()
    if _ptrace(Request.GETSIGMASK, tid, ctypes.sizeof(mask), ctypes.addressof(mask)) < 0:
        raise os_error()
    return mask.value


def setsigmask(tid: Tid, mask: int) -> None:
    """Set the tracee's blocked signals; SIGKILL and SIGSTOP cannot be. See ``getsigmask``."""
    value = ctypes.c_uint64(mask)
    if _ptrace(Request.SETSIGMASK, tid, ctypes.sizeof(value), ctypes.addressof(value)) < 0:
        raise os_error()


def rseq_area(tid: Tid) -> int:
    """Return the address of the tracee's ``struct rseq``; 0 where it has none, or the kernel does not tell.

    Source: linux/ptrace.h, PTRACE_GET_RSEQ_CONFIGURATION, since Linux 5.13.
    """
    configuration = (ctypes.c_uint64 * 3)()
    size = ctypes.sizeof(configuration)
    if _ptrace(Request.GET_RSEQ_CONFIGURATION, tid, size, ctypes.addressof(configuration)) < 0:
        return _unless_unknown()
    return configuration[0]


def user_dispatch(tid: Tid) -> bytes:
    """Return the tracee's syscall user dispatch, to be put back; empty where it has none, or the kernel does not tell.

    Source: linux/ptrace.h, PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG, since Linux 6.4.
    """
    configuration = (ctypes.c_uint64 * 4)()
    size = ctypes.sizeof(configuration)
    if _ptrace(Request.GET_SYSCALL_USER_DISPATCH_CONFIG, tid, size, ctypes.addressof(configuration)) < 0:
        _unless_unknown()
    return bytes(configuration) if configuration[0] else b""


def set_user_dispatch(tid: Tid, configuration: bytes) -> None:
    """Set the tracee's syscall user dispatch; all zero turns it off. See ``user_dispatch``."""
    buffer = ctypes.create_string_buffer(configuration, len(configuration))
    request = Request.SET_SYSCALL_USER_DISPATCH_CONFIG
    if _ptrace(request, tid, len(configuration), ctypes.addressof(buffer)) < 0:
        raise os_error()


def _unless_unknown() -> int:
    """Return 0 when the last request is one that this kernel does not have."""
    error = os_error()
    if error.errno == errno.EIO:
        return 0
    raise error


def detach(tid: Tid, signo: int) -> None:
    """Stop being the thread's tracer and restart it. It must be stopped. See ``cont``."""
    if _ptrace(Request.DETACH, tid, 0, signo) < 0:
        raise os_error()


def seize(tid: Tid, options: Option) -> None:
    """Become the thread's tracer without stopping it.

    Raises:
        PermissionError: another tracer has it, or Yama or a missing capability forbids it.

    Source: ptrace(2), PTRACE_SEIZE, since Linux 3.4.
    """
    if _ptrace(Request.SEIZE, tid, 0, int(options)) < 0:
        raise os_error()


def geteventmsg(tid: Tid) -> int:
    """Return the message of the event stop that the tracee is in.

    A new thread's id after fork, vfork and clone; the former thread id after exec; the
    wait status to come after exit; the filter's data after a seccomp stop.

    Source: ptrace(2), PTRACE_GETEVENTMSG, since Linux 2.5.46.
    """
    message = ctypes.c_ulong()  # the kernel stores an unsigned long, so 8 bytes here
    if _ptrace(Request.GETEVENTMSG, tid, 0, ctypes.addressof(message)) < 0:
        raise os_error()
    return message.value


def getsiginfo(tid: Tid) -> bytes:
    """Return the siginfo_t of the signal that the tracee is stopped by.

    Raises:
        OSError: EINVAL in a group-stop, which has none.
    """
    buffer = ctypes.create_string_buffer(SIGINFO_BYTES)
    if _ptrace(Request.GETSIGINFO, tid, 0, ctypes.addressof(buffer)) < 0:
        raise os_error()
    return buffer.raw


def setsiginfo(tid: Tid, info: bytes) -> None:
    """Replace the siginfo_t of the signal that the tracee is stopped by."""
    buffer = ctypes.create_string_buffer(info, SIGINFO_BYTES)
    if _ptrace(Request.SETSIGINFO, tid, 0, ctypes.addressof(buffer)) < 0:
        raise os_error()


__all__ = [
    "Call",
    "SyscallInfoBuffer",
    "cont",
    "detach",
    "fp_registers",
    "geteventmsg",
    "getregset",
    "getsiginfo",
    "getsigmask",
    "interrupt",
    "listen",
    "seize",
    "setregset",
    "setsiginfo",
    "setsigmask",
    "syscall",
]
