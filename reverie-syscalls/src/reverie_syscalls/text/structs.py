"""Structs as strace prints them: `{tv_sec=1, tv_nsec=0}`, shortened where strace shortens them."""

from collections.abc import Callable
from typing import Any

from ..args import structs
from ..siginfo import SigInfo, format_siginfo
from ..signals import members, signal_name
from .constants import constant, constant_name, device, file_mode, flags, statx_mask
from .context import Context, pointer
from .quoting import quote

RLIM_INFINITY = (1 << 64) - 1


def struct_text(value: Any, context: Context) -> str:
    """Return the text of any struct in `args.structs`; all fields if there is no better way."""
    writer = _WRITERS.get(type(value))
    return plain_fields(value) if writer is None else writer(value, context)


def plain_fields(value: Any) -> str:
    """Return every field by its name."""
    return fields(**{name: _plain(getattr(value, name)) for name in value.__match_args__})


def fields(**texts: object) -> str:
    """Return `{name=text, …}`."""
    return "{" + ", ".join(f"{name}={text}" for name, text in texts.items()) + "}"


def signal_set(mask: int) -> str:
    """Return a signal set; one with more than two thirds of all signals by what it lacks, as strace does."""
    inverted = mask.bit_count() >= 64 * 2 // 3
    listed = members(~mask if inverted else mask)
    return ("~[" if inverted else "[") + " ".join(signal.name.removeprefix("SIG") for signal in listed) + "]"


def _plain(value: object) -> str:
    return quote(value) if isinstance(value, bytes) else str(value)


def _stat(stat: structs.Stat, context: Context) -> str:
    if context.options.verbose:
        numbers = {name: getattr(stat, name) for name in stat.__match_args__}
        named = {"st_dev": device(stat.st_dev), "st_mode": file_mode(stat.st_mode), "st_rdev": device(stat.st_rdev)}
        return fields(**numbers | named)
    is_device = stat.st_mode & 0o170000 in (0o020000, 0o060000)
    size = f"st_rdev={device(stat.st_rdev)}" if is_device else f"st_size={stat.st_size}"
    return f"{{st_mode={file_mode(stat.st_mode)}, {size}, ...}}"


def _statx(statx: structs.Statx, context: Context) -> str:
    if context.options.verbose:
        return plain_fields(statx)
    shown = fields(
        stx_mask=statx_mask(statx.stx_mask),
        stx_attributes=f"{statx.stx_attributes:#x}" if statx.stx_attributes else "0",
        stx_mode=file_mode(statx.stx_mode),
        stx_size=statx.stx_size,
    )
    return f"{shown[:-1]}, ...}}"


def _statfs(statfs: structs.Statfs, context: Context) -> str:
    names = {name: getattr(statfs, name) for name in statfs.__match_args__}
    names["f_type"] = constant_name("FilesystemType", statfs.f_type) or f"{statfs.f_type:#x}"
    names["f_fsid"] = f"{{val=[{_hex(statfs.f_fsid & 0xFFFF_FFFF)}, {_hex(statfs.f_fsid >> 32)}]}}"
    names["f_flags"] = flags("StatfsFlags", statfs.f_flags)
    return fields(**names)


def _rlimit(limit: structs.Rlimit, context: Context) -> str:
    return fields(rlim_cur=_limit(limit.rlim_cur), rlim_max=_limit(limit.rlim_max))


def _limit(value: int) -> str:
    if value == RLIM_INFINITY:
        return "RLIM64_INFINITY"
    return f"{value // 1024}*1024" if value > 1024 and value % 1024 == 0 else str(value)


def _rusage(usage: structs.Rusage, context: Context) -> str:
    times = {
        "ru_utime": fields(tv_sec=usage.utime_sec, tv_usec=usage.utime_usec),
        "ru_stime": fields(tv_sec=usage.stime_sec, tv_usec=usage.stime_usec),
    }
    if not context.options.verbose:
        return fields(**times)[:-1] + ", ...}"
    return fields(**times, **{name: getattr(usage, name) for name in usage.__match_args__[4:]})


def _sysinfo(info: structs.Sysinfo, context: Context) -> str:
    names = {name: getattr(info, name) for name in info.__match_args__ if not name.startswith("load_")}
    loads = f"[{info.load_1}, {info.load_5}, {info.load_15}]"
    return fields(uptime=names.pop("uptime"), loads=loads, **names)


def _utsname(name: structs.Utsname, context: Context) -> str:
    if context.options.verbose:
        return plain_fields(name)
    return f"{{sysname={quote(name.sysname)}, nodename={quote(name.nodename)}, ...}}"


def _sigaction(action: structs.Sigaction, context: Context) -> str:
    handler = {0: "SIG_DFL", 1: "SIG_IGN"}.get(action.sa_handler) or pointer(action.sa_handler)
    texts = {
        "sa_handler": handler,
        "sa_mask": signal_set(action.sa_mask),
        "sa_flags": flags("SigactionFlags", action.sa_flags),
    }
    if action.sa_flags & 0x0400_0000:
        texts["sa_restorer"] = pointer(action.sa_restorer)
    return fields(**texts)


def _stack(stack: structs.StackT, context: Context) -> str:
    return fields(
        ss_sp=pointer(stack.ss_sp),
        ss_flags=flags("SigaltstackFlags", stack.ss_flags & 0xFFFF_FFFF),
        ss_size=stack.ss_size,
    )


def _flock(lock: structs.Flock, context: Context) -> str:
    texts: dict[str, object] = {
        "l_type": constant("LockType", lock.l_type),
        "l_whence": constant("Whence", lock.l_whence),
        "l_start": lock.l_start,
        "l_len": lock.l_len,
    }
    if context.call.words[1] in (5, 36):  # F_GETLK and F_OFD_GETLK tell who holds the lock
        texts["l_pid"] = lock.l_pid
    return fields(**texts)


def _epoll(event: structs.EpollEvent, context: Context) -> str:
    data = f"{{u32={event.data & 0xFFFF_FFFF}, u64={event.data}}}"
    return fields(events=flags("EpollEvents", event.events), data=data)


def _interval(kind: str) -> Callable[[Any, Context], str]:
    def text(value: Any, context: Context) -> str:
        first, second, third, fourth = (getattr(value, name) for name in value.__match_args__)
        return fields(
            it_interval=fields(tv_sec=first, **{kind: second}), it_value=fields(tv_sec=third, **{kind: fourth})
        )

    return text


def _open_how(how: structs.OpenHow, context: Context) -> str:
    texts = {"flags": flags("OpenFlags", how.flags)}
    if how.mode or how.flags & 0o100:
        texts["mode"] = f"0{how.mode:o}"
    return fields(**texts, resolve=flags("ResolveFlags", how.resolve))


def _clone_args(args: structs.CloneArgs, context: Context) -> str:
    texts: dict[str, object] = {"flags": flags("CloneFlags", args.flags)}
    if args.flags & 0x1000:
        texts["pidfd"] = pointer(args.pidfd)
    if args.flags & 0x0120_0000:
        texts["child_tid"] = pointer(args.child_tid)
    if args.flags & 0x0010_0000:
        texts["parent_tid"] = pointer(args.parent_tid)
    texts["exit_signal"] = signal_name(args.exit_signal)
    texts["stack"] = pointer(args.stack)
    texts["stack_size"] = _hex(args.stack_size)
    if args.flags & 0x0008_0000:
        texts["tls"] = pointer(args.tls)
    return fields(**texts)


def _termios(termios: structs.Termios, context: Context) -> str:
    names = ("c_iflag", "c_oflag", "c_cflag", "c_lflag")
    return fields(**{name: _hex(getattr(termios, name)) for name in names})[:-1] + ", ...}"


def _hex(value: int) -> str:
    return f"{value:#x}" if value else "0"


def _sigset(value: structs.SigSet, context: Context) -> str:
    return signal_set(value.mask)


def _siginfo(info: SigInfo, context: Context) -> str:
    return format_siginfo(info)


def _sched_param(param: structs.SchedParam, context: Context) -> str:
    return f"[{param.sched_priority}]"


def _pollfd(entry: structs.Pollfd, context: Context) -> str:
    return fields(fd=entry.fd, events=flags("PollEvents", entry.events & 0xFFFF))


def _iovec(piece: structs.Iovec, context: Context) -> str:
    return fields(iov_base=pointer(piece.iov_base), iov_len=piece.iov_len)


def wait_status(status: int) -> str:
    """Return a wait status as the macros of wait(2) would take it apart."""
    status &= 0xFFFF_FFFF
    if status == 0xFFFF:
        return "{WIFCONTINUED(s)}"
    if status & 0xFF == 0x7F:
        event = f" | {status >> 16:#x} << 16" if status >> 16 else ""
        return f"{{WIFSTOPPED(s) && WSTOPSIG(s) == {_stop_signal(status >> 8 & 0xFF)}}}{event}"
    if status & 0x7F:
        core = " && WCOREDUMP(s)" if status & 0x80 else ""
        return f"{{WIFSIGNALED(s) && WTERMSIG(s) == {signal_name(status & 0x7F)}{core}}}"
    return f"{{WIFEXITED(s) && WEXITSTATUS(s) == {status >> 8 & 0xFF}}}"


def _stop_signal(number: int) -> str:
    """A stopping signal; bit 7 marks a syscall stop of a tracer that asked for PTRACE_O_TRACESYSGOOD."""
    return f"{signal_name(number & 0x7F)} | 0x80" if number & 0x80 else signal_name(number)


_WRITERS: dict[type, Callable[[Any, Context], str]] = {
    structs.CloneArgs: _clone_args,
    structs.EpollEvent: _epoll,
    structs.Flock: _flock,
    structs.Iovec: _iovec,
    structs.Itimerspec: _interval("tv_nsec"),
    structs.Itimerval: _interval("tv_usec"),
    structs.OpenHow: _open_how,
    structs.Pollfd: _pollfd,
    structs.Rlimit: _rlimit,
    structs.Rusage: _rusage,
    structs.SchedParam: _sched_param,
    structs.SigSet: _sigset,
    structs.Sigaction: _sigaction,
    structs.StackT: _stack,
    structs.Stat: _stat,
    structs.Statfs: _statfs,
    structs.Statx: _statx,
    structs.Sysinfo: _sysinfo,
    structs.Termios: _termios,
    structs.Utsname: _utsname,
    SigInfo: _siginfo,
}
