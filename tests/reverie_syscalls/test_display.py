"""Calls as strace prints them. The expected lines follow strace 6.1's output for the same calls."""

import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reverie_syscalls import DisplayOptions, Sysno, decode, format_call, format_line, format_result
from reverie_syscalls._generated.calls import CALLS
from reverie_syscalls.syscall import Words
from tests.reverie_syscalls.sparse import SparseMemory
from tests.reverie_syscalls.strategies import BASE, memories, raws, words

PATH, DATA, LIST = 0x1000, 0x2000, 0x3000
CWD = 2**64 - 100
NEGATIVE = 2**64 - 1


def line(sysno: Sysno, arguments: tuple[int, ...], raw: int | None, **pieces: bytes) -> str:
    """Format a call whose memory has `path`, `data` and `list` at their addresses."""
    where = {"path": PATH, "data": DATA, "list": LIST}
    memory = SparseMemory({where[name]: piece for name, piece in pieces.items()})
    six = tuple(value % 2**64 for value in arguments) + (0,) * (6 - len(arguments))
    return format_line(decode(sysno, six), memory, raw)  # type: ignore[arg-type]  # six words by construction


STAT = struct.pack("<QQQIIIxxxxQq", 1, 2, 1, 0o100644, 0, 0, 0, 34547).ljust(144, b"\0")
NULL_DEVICE = struct.pack("<QQQIIIxxxxQq", 1, 2, 1, 0o020666, 0, 0, 0x103, 0).ljust(144, b"\0")
IOVEC = struct.pack("<QQQQ", DATA, 5, DATA + 5, 9)
SIGACTION = struct.pack("<QQQQ", 0, 0x0400_0000, 0x55550000, 1 << 16)
VECTOR = struct.pack("<QQQ", PATH, PATH + 8, 0)
INET = b"\2\0\0\x50\x7f\0\0\1" + bytes(8)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            line(Sysno.openat, (CWD, PATH, 0o2000000), 3, path=b"/etc/passwd\0"),
            'openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3',
        ),
        (
            line(Sysno.openat, (CWD, PATH, 0o302, 0), 9, path=b"/tmp/new\0"),
            'openat(AT_FDCWD, "/tmp/new", O_RDWR|O_CREAT|O_EXCL, 000) = 9',
        ),
        (line(Sysno.close, (3,), 0), "close(3)                                = 0"),
        (line(Sysno.brk, (0,), 0x55B2E37AD000), "brk(NULL)                               = 0x55b2e37ad000"),
        (
            line(Sysno.access, (PATH, 4), -2, path=b"/etc/ld.so.preload\0"),
            'access("/etc/ld.so.preload", R_OK)      = -1 ENOENT (No such file or directory)',
        ),
        (line(Sysno.read, (3, DATA, 4096), 6, data=b"hello\n"), 'read(3, "hello\\n", 4096)                = 6'),
        (line(Sysno.read, (3, DATA, 4096), -11, data=b"x"), "read(3, 0x2000, 4096)                   = -1 EAGAIN "
         "(Resource temporarily unavailable)"),
        (line(Sysno.read, (3, DATA, 4096), 0), 'read(3, "", 4096)                       = 0'),
        (line(Sysno.read, (0, 0, 0), 0), "read(0, NULL, 0)                        = 0"),
        (line(Sysno.read, (3, DATA, 1), -512), "read(3, 0x2000, 1)                      = ? ERESTARTSYS "
         "(To be restarted if SA_RESTART is set)"),
        (line(Sysno.write, (NEGATIVE, DATA, 100), -9, data=b"a" * 100), f'write(-1, "{"a" * 32}"..., 100) = -1 EBADF '
         "(Bad file descriptor)"),
        (line(Sysno.write, (NEGATIVE, DATA, 32), 32, data=b"a" * 32), f'write(-1, "{"a" * 32}", 32) = 32'),
        (line(Sysno.write, (1, 8, 5), -14), "write(1, 0x8, 5)                        = -1 EFAULT (Bad address)"),
        (
            line(Sysno.newfstatat, (3, PATH, DATA, 0x1000), 0, path=b"\0", data=STAT),
            'newfstatat(3, "", {st_mode=S_IFREG|0644, st_size=34547, ...}, AT_EMPTY_PATH) = 0',
        ),
        (
            line(Sysno.stat, (PATH, DATA), 0, path=b"/dev/null\0", data=NULL_DEVICE),
            'stat("/dev/null", {st_mode=S_IFCHR|0666, st_rdev=makedev(0x1, 0x3), ...}) = 0',
        ),
        (
            line(Sysno.mmap, (0, 8192, 3, 0x22, NEGATIVE, 0), 0x7F647AC30000),
            "mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f647ac30000",
        ),
        (
            line(Sysno.mmap, (DATA, 8192, 5, 0x812, 3, 0x7000), DATA),
            "mmap(0x2000, 8192, PROT_READ|PROT_EXEC, MAP_PRIVATE|MAP_FIXED|MAP_DENYWRITE, 3, 0x7000) = 0x2000",
        ),
        (
            line(Sysno.execve, (PATH, LIST, LIST), 0, path=b"/bin/ls\0-l\0", list=VECTOR),
            'execve("/bin/ls", ["/bin/ls", "-l"], 0x3000 /* 2 vars */) = 0',
        ),
        (line(Sysno.execve, (PATH, 8, 0), -2, path=b"/no\0"), 'execve("/no", 0x8, NULL)                = -1 ENOENT '
         "(No such file or directory)"),
        (
            line(Sysno.rt_sigaction, (2, DATA, 0, 8), 0, data=SIGACTION),
            "rt_sigaction(SIGINT, {sa_handler=SIG_DFL, sa_mask=[CHLD], sa_flags=SA_RESTORER, "
            "sa_restorer=0x55550000}, NULL, 8) = 0",
        ),
        (
            line(Sysno.rt_sigprocmask, (2, DATA, 0, 8), 0, data=struct.pack("<Q", 2**64 - 1 & ~(1 << 8 | 3 << 31))),
            "rt_sigprocmask(SIG_SETMASK, ~[KILL RTMIN RT_1], NULL, 8) = 0",
        ),
        (
            line(Sysno.writev, (3, LIST, 2), 14, list=IOVEC, data=b"hellowo\1\2rld9\n"),
            'writev(3, [{iov_base="hello", iov_len=5}, {iov_base="wo\\1\\2rld9\\n", iov_len=9}], 2) = 14',
        ),
        (
            line(Sysno.readv, (3, LIST, 2), 7, list=IOVEC, data=b"hellowo\1\2rld9\n"),
            'readv(3, [{iov_base="hello", iov_len=5}, {iov_base="wo", iov_len=9}], 2) = 7',
        ),
        (
            line(Sysno.connect, (3, DATA, 16), 0, data=INET),
            'connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
        ),
        (line(Sysno.socket, (2, 0o2000001, 0), 3), "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3"),
        (line(Sysno.socket, (1, 2, 0), 3), "socket(AF_UNIX, SOCK_DGRAM, 0)          = 3"),
        (line(Sysno.pipe2, (DATA, 0o2000000), 0, data=struct.pack("<ii", 3, 4)), "pipe2([3, 4], O_CLOEXEC)"
         "                = 0"),
        (
            line(Sysno.wait4, (NEGATIVE, DATA, 0, 0), 77, data=struct.pack("<i", 3 << 8)),
            "wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 3}], 0, NULL) = 77",
        ),
        (
            line(Sysno.wait4, (NEGATIVE, DATA, 0, 0), 77, data=struct.pack("<i", 9)),
            "wait4(-1, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}], 0, NULL) = 77",
        ),
        (line(Sysno.wait4, (NEGATIVE, DATA, 1, 0), 0, data=bytes(4)), "wait4(-1, 0x2000, WNOHANG, NULL)        = 0"),
        (line(Sysno.kill, (7, 15), 0), "kill(7, SIGTERM)                        = 0"),
        (line(Sysno.exit_group, (3,), None), "exit_group(3)                           = ?"),
        (line(Sysno.umask, (0o22,), 0o22), "umask(022)                              = 022"),
        (line(Sysno.fcntl, (7, 3), 0x2), "fcntl(7, F_GETFL)                       = 0x2 (flags O_RDWR)"),
        (line(Sysno.fcntl, (7, 0, 10), 11), "fcntl(7, F_DUPFD, 10)                   = 11"),
        (line(Sysno.fcntl, (7, 4, 0o4000), 0), "fcntl(7, F_SETFL, O_RDONLY|O_NONBLOCK)  = 0"),
        (line(Sysno.ioctl, (0, 0x5413, DATA), -25), "ioctl(0, TIOCGWINSZ, 0x2000)            = -1 ENOTTY "
         "(Inappropriate ioctl for device)"),
        (line(Sysno.ioctl, (0, 0x1234, 5), -25), "ioctl(0, _IOC(_IOC_NONE, 0x12, 0x34, 0), 0x5) = -1 ENOTTY "
         "(Inappropriate ioctl for device)"),
        (line(Sysno.arch_prctl, (0x1002, 0x7F64), 0), "arch_prctl(ARCH_SET_FS, 0x7f64)         = 0"),
        (line(Sysno.prctl, (38, 1), 0), "prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)  = 0"),
        (line(Sysno.prctl, (15, PATH, 1, 2, 3), 0, path=b"abc\0"), 'prctl(PR_SET_NAME, "abc")               = 0'),
        (line(Sysno.futex, (DATA, 129, 5), 0), "futex(0x2000, FUTEX_WAKE_PRIVATE, 5)    = 0"),
        (
            line(Sysno.futex, (DATA, 0x189, 5, LIST, 0, NEGATIVE), -11, list=struct.pack("<qq", 1, 2)),
            "futex(0x2000, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 5, {tv_sec=1, tv_nsec=2}, "
            "FUTEX_BITSET_MATCH_ANY) = -1 EAGAIN (Resource temporarily unavailable)",
        ),
        (
            line(Sysno.clone, (0x1200011, 0, 0, DATA), 77),
            "clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, "
            "child_tidptr=0x2000) = 77",
        ),
        (
            line(Sysno.poll, (DATA, 1, 100), 1, data=struct.pack("<ihh", 4, 1, 1)),
            "poll([{fd=4, events=POLLIN}], 1, 100)   = 1 ([{fd=4, revents=POLLIN}])",
        ),
        (
            line(Sysno.poll, (DATA, 1, 1), 0, data=struct.pack("<ihh", 4, 1, 0)),
            "poll([{fd=4, events=POLLIN}], 1, 1)     = 0 (Timeout)",
        ),
        (line(Sysno.epoll_wait, (5, DATA, 1, 1), 0), "epoll_wait(5, [], 1, 1)                 = 0"),
        (
            line(Sysno.prlimit64, (0, 3, 0, DATA), 0, data=struct.pack("<QQ", 8 << 20, 2**64 - 1)),
            "prlimit64(0, RLIMIT_STACK, NULL, {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}) = 0",
        ),
        (line(Sysno.getrandom, (DATA, 2, 1), 2, data=b"\n\xb0"), 'getrandom("\\x0a\\xb0", 2, GRND_NONBLOCK) = 2'),
        (line(Sysno.set_robust_list, (DATA, 24), 0), "set_robust_list(0x2000, 24)             = 0"),
        (line(Sysno.nanosleep, (DATA, LIST), 0, data=struct.pack("<qq", 1, 2)), "nanosleep({tv_sec=1, tv_nsec=2}, "
         "0x3000) = 0"),
        (line(Sysno.lseek, (1, 0, 77), -22), "lseek(1, 0, 0x4d /* SEEK_??? */)        = -1 EINVAL "
         "(Invalid argument)"),
        (line(Sysno.keyctl, (1, 2, 3, 4, 5, 0), 7), "keyctl(0x1, 0x2, 0x3, 0x4, 0x5, 0)      = 7"),
    ],
)  # fmt: skip
def test_line_in_straces_format(text: str, expected: str) -> None:
    assert text == expected


def test_an_unknown_number_shows_its_words() -> None:
    call = decode(0x1D9, (1, 2, 3, 4, 5, 6))
    assert format_call(call, SparseMemory()) == "syscall_0x1d9(0x1, 0x2, 0x3, 0x4, 0x5, 0x6)"


def test_out_arguments_are_pointers_until_the_call_succeeds() -> None:
    memory = SparseMemory({DATA: b"hello"})
    call = decode(0, (3, DATA, 5, 0, 0, 0))
    assert format_call(call, memory) == "read(3, 0x2000, 5)"
    assert format_call(call, memory, -9) == "read(3, 0x2000, 5)"
    assert format_call(call, memory, 5) == 'read(3, "hello", 5)'


def test_paths_are_never_cut_and_other_strings_are() -> None:
    memory = SparseMemory({PATH: b"/" + b"x" * 200 + b"\0"})
    assert "x" * 200 in format_call(decode(Sysno.chdir, (PATH, 0, 0, 0, 0, 0)), memory)
    assert format_call(decode(Sysno.memfd_create, (PATH, 0, 0, 0, 0, 0)), memory).startswith(
        f'memfd_create("/{"x" * 31}"...'
    )


def test_options_change_how_much_is_shown() -> None:
    memory = SparseMemory({DATA: b"hello", LIST: STAT})
    call = decode(Sysno.write, (1, DATA, 5, 0, 0, 0))
    assert format_call(call, memory, 5, DisplayOptions(string_limit=2)) == 'write(1, "he"..., 5)'
    assert format_call(call, memory, 5, DisplayOptions(hex_strings=True)) == r'write(1, "\x68\x65\x6c\x6c\x6f", 5)'
    stat = decode(Sysno.fstat, (1, LIST, 0, 0, 0, 0))
    assert "st_blksize=0" in format_call(stat, memory, 0, DisplayOptions(verbose=True))


def test_results() -> None:
    call = decode(Sysno.getpid, (0,) * 6)
    assert format_result(call, 7) == "7"
    assert format_result(call, 2**64 - 1) == "-1 EPERM (Operation not permitted)"
    assert format_result(call, -600) == "-1 (errno 600)"
    assert format_result(call, -516) == "? ERESTART_RESTARTBLOCK (Interrupted by signal)"


@pytest.mark.parametrize("number", [*(call.number for call in CALLS), 500], ids=str)
@settings(max_examples=15, deadline=None)
@given(six=words, memory=memories(), raw=raws, limit=st.sampled_from([0, 1, 32, 1000]), verbose=st.booleans())
def test_display_never_fails_and_stays_short(
    number: int, six: Words, memory: SparseMemory, raw: int | None, limit: int, verbose: bool
) -> None:
    text = format_line(decode(number, six), memory, raw, DisplayOptions(limit, verbose))
    assert " = " in text
    assert text.isprintable()
    assert len(text) < 200_000
    assert sum(length for _, length in memory.reads) < 64 << 20


@pytest.mark.parametrize("number", [call.number for call in CALLS], ids=[call.name for call in CALLS])
def test_huge_lengths_cost_little_time(number: int) -> None:
    memory = SparseMemory({BASE: b"\1" * 65536})
    begin = time.perf_counter()
    for big in (2**64 - 1, 2**63, 2**31 - 1):
        for call in (
            decode(number, (BASE, BASE, big, BASE, big, big)),
            decode(number, (5, BASE, BASE, big, BASE, big)),
        ):
            assert format_line(call, memory, 2**40)
    assert time.perf_counter() - begin < 2
