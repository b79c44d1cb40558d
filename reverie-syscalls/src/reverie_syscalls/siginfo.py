"""`SigInfo`: what the kernel tells about one signal, and strace's text for it.

A siginfo_t is 128 bytes: three ints, then a union whose reading depends on si_code first (who sent it)
and si_signo second (sigaction(2); the kernel's order is in kernel/signal.c, siginfo_layout).
"""

from dataclasses import dataclass
from struct import Struct
from typing import ClassVar, Self

from .abi import int32
from .errnos import Errno
from .signals import Signal, signal_name, signal_of

SI_USER, SI_KERNEL, SI_QUEUE, SI_TIMER, SI_MESGQ, SI_ASYNCIO, SI_SIGIO, SI_TKILL = 0, 128, -1, -2, -3, -4, -5, -6
CLD_EXITED = 1

_GENERAL = {
    SI_USER: "SI_USER",
    SI_KERNEL: "SI_KERNEL",
    SI_QUEUE: "SI_QUEUE",
    SI_TIMER: "SI_TIMER",
    SI_MESGQ: "SI_MESGQ",
    SI_ASYNCIO: "SI_ASYNCIO",
    SI_SIGIO: "SI_SIGIO",
    SI_TKILL: "SI_TKILL",
    -7: "SI_DETHREAD",
    -60: "SI_ASYNCNL",
}

# For each signal with codes of its own, their names from code 1 on (asm-generic/siginfo.h).
_SPECIFIC = {
    Signal.SIGILL: "ILL_ILLOPC ILL_ILLOPN ILL_ILLADR ILL_ILLTRP ILL_PRVOPC ILL_PRVREG ILL_COPROC ILL_BADSTK",
    Signal.SIGFPE: "FPE_INTDIV FPE_INTOVF FPE_FLTDIV FPE_FLTOVF FPE_FLTUND FPE_FLTRES FPE_FLTINV FPE_FLTSUB",
    Signal.SIGSEGV: "SEGV_MAPERR SEGV_ACCERR SEGV_BNDERR SEGV_PKUERR",
    Signal.SIGBUS: "BUS_ADRALN BUS_ADRERR BUS_OBJERR BUS_MCEERR_AR BUS_MCEERR_AO",
    Signal.SIGTRAP: "TRAP_BRKPT TRAP_TRACE TRAP_BRANCH TRAP_HWBKPT TRAP_UNK TRAP_PERF",
    Signal.SIGCHLD: "CLD_EXITED CLD_KILLED CLD_DUMPED CLD_TRAPPED CLD_STOPPED CLD_CONTINUED",
    Signal.SIGIO: "POLL_IN POLL_OUT POLL_MSG POLL_ERR POLL_PRI POLL_HUP",
    Signal.SIGSYS: "SYS_SECCOMP SYS_USER_DISPATCH",
}

_HEAD = Struct("<iii4x")
_SENDER = Struct("<iI")
_VALUE = Struct("<Q")
_CHILD = Struct("<iIi4xqq")
_TIMER = Struct("<iiQ")
_POLL = Struct("<qi")
_SYSCALL = Struct("<QiI")
_UNION = 16


@dataclass(frozen=True, slots=True)
class SigInfo:
    """A siginfo_t: its 128 raw bytes, read on access."""

    size: ClassVar[int] = 128

    raw: bytes

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Make it from at least 128 bytes, as PTRACE_GETSIGINFO fills them.

        Raises:
            ValueError: there are fewer.
        """
        if len(data) < cls.size:
            raise ValueError(f"a siginfo has {cls.size} bytes, not {len(data)}")
        return cls(bytes(data[: cls.size]))

    @classmethod
    def sent(cls, signal: int, *, code: int = SI_QUEUE, pid: int = 0, uid: int = 0, value: int = 0) -> Self:
        """Make that of a signal which a process sent, by default as sigqueue(3) does it.

        Args:
            code: SI_QUEUE, SI_USER or SI_TKILL; one that is positive would mean the kernel.
            pid, uid: the sender.
            value: 64 bits that come along.
        """
        head = _HEAD.pack(signal, 0, code) + _SENDER.pack(pid, uid) + _VALUE.pack(value & (1 << 64) - 1)
        return cls(head.ljust(cls.size, b"\0"))

    def to_bytes(self) -> bytes:
        """Return the 128 bytes."""
        return self.raw

    @property
    def signo(self) -> Signal | int:
        """Which signal it is."""
        return signal_of(_HEAD.unpack_from(self.raw)[0])

    @property
    def errno(self) -> int:
        """An error number that came with the signal; nearly always 0."""
        return int(_HEAD.unpack_from(self.raw)[1])

    @property
    def code(self) -> int:
        """Why the signal was sent; 0 or negative means by a program, not by the kernel."""
        return int(_HEAD.unpack_from(self.raw)[2])

    @property
    def pid(self) -> int:
        """The sender, or the child a SIGCHLD is about."""
        return int(_SENDER.unpack_from(self.raw, _UNION)[0])

    @property
    def uid(self) -> int:
        """The sender's or the child's real user."""
        return int(_SENDER.unpack_from(self.raw, _UNION)[1])

    @property
    def status(self) -> int:
        """Of a SIGCHLD: the exit code, or the signal that changed the child's state."""
        return int(_CHILD.unpack_from(self.raw, _UNION)[2])

    @property
    def utime(self) -> int:
        """Of a SIGCHLD: user time the child used, in clock ticks."""
        return int(_CHILD.unpack_from(self.raw, _UNION)[3])

    @property
    def stime(self) -> int:
        """Of a SIGCHLD: system time the child used, in clock ticks."""
        return int(_CHILD.unpack_from(self.raw, _UNION)[4])

    @property
    def address(self) -> int:
        """Of a fault: the address that could not be used, or the instruction at fault."""
        return int(_VALUE.unpack_from(self.raw, _UNION)[0])

    @property
    def value(self) -> int:
        """What sigqueue(3) sent along: a pointer, or an int in the low half."""
        return int(_VALUE.unpack_from(self.raw, _UNION + 8)[0])


def format_siginfo(info: SigInfo) -> str:
    """Return strace's text: `{si_signo=SIGUSR1, si_code=SI_USER, si_pid=1, si_uid=0}`."""
    fields = [f"si_signo={signal_name(info.signo)}", f"si_code={code_name(info)}"]
    if info.errno:
        known = 0 < info.errno <= 133
        fields.append(f"si_errno={info.errno}" + (f" ({Errno(info.errno).name})" if known else ""))
    return "{" + ", ".join(fields + _details(info)) + "}"


def code_name(info: SigInfo) -> str:
    """Return the name of si_code, which depends on the signal; in hexadecimal when it has none."""
    general = _GENERAL.get(info.code)
    if general is not None:
        return general
    names = _SPECIFIC.get(info.signo, "").split()  # type: ignore[call-overload]  # a plain int finds nothing
    return str(names[info.code - 1]) if 0 < info.code <= len(names) else f"{info.code & 0xFFFF_FFFF:#x}"


def _details(info: SigInfo) -> list[str]:
    sender = [f"si_pid={info.pid}", f"si_uid={info.uid}"]
    if info.code in (SI_USER, SI_TKILL):
        return sender
    if info.code == SI_KERNEL:
        return [f"si_addr={_pointer(info.address)}"] if info.signo in _FAULTS else []
    if info.code == SI_TIMER:
        timer, overrun, value = _TIMER.unpack_from(info.raw, _UNION)
        return [f"si_timerid={timer:#x}", f"si_overrun={overrun}", _value_text(value)]
    if info.code < 0:
        return [*sender, _value_text(info.value)]
    return _kernel_details(info, sender)


def _kernel_details(info: SigInfo, sender: list[str]) -> list[str]:
    match info.signo:
        case Signal.SIGCHLD:
            status = str(info.status) if info.code == CLD_EXITED else signal_name(info.status)
            return [*sender, f"si_status={status}", f"si_utime={info.utime}", f"si_stime={info.stime}"]
        case Signal.SIGIO:
            band, fd = _POLL.unpack_from(info.raw, _UNION)
            return [f"si_band={band}", f"si_fd={fd}"]
        case Signal.SIGSYS:
            address, number, arch = _SYSCALL.unpack_from(info.raw, _UNION)
            return [f"si_call_addr={_pointer(address)}", f"si_syscall={_syscall(number)}", f"si_arch={_arch(arch)}"]
        case signal if signal in _FAULTS:
            return [f"si_addr={_pointer(info.address)}"]
        case _:
            return [*sender, _value_text(info.value)] if any(info.raw[_UNION : _UNION + 16]) else []


_FAULTS = frozenset({Signal.SIGILL, Signal.SIGFPE, Signal.SIGSEGV, Signal.SIGBUS, Signal.SIGTRAP})
_ARCHES = {0xC000003E: "AUDIT_ARCH_X86_64", 0x40000003: "AUDIT_ARCH_I386", 0xC00000B7: "AUDIT_ARCH_AARCH64"}


def _pointer(address: int) -> str:
    return f"{address:#x}" if address else "NULL"


def _value_text(value: int) -> str:
    return (
        f"si_value={{sival_int={int32(value)}, sival_ptr={_pointer(value)}}}"
        if value
        else "si_value={sival_int=0, sival_ptr=NULL}"
    )


def _arch(arch: int) -> str:
    return _ARCHES.get(arch, f"{arch:#x}")


def _syscall(number: int) -> str:
    from .sysno import by_number  # only SIGSYS names a system call

    sysno = by_number(number)
    return str(number) if sysno is None else f"__NR_{sysno.name}"
