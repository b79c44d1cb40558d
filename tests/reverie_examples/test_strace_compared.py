"""Line by line against the real strace, on a program that makes the same hundred calls each time.

Addresses, ids and times are made equal first, and lines are compared per process.
"""

import difflib
import re
from pathlib import Path

import pytest

from tests.reverie_examples.running import finish, reverie
from tests.support.compile import compile_guest
from tests.support.needs import needs

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}

PROGRAM = r"""
#include "guest.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

static char buffer[4096];
static int channel[2], pair[2];

static void handler(int signo) { (void)signo; }

static void files(void)
{
	struct stat status;
	struct statfs system;
	int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	read(fd, buffer, 16); pread(fd, buffer, 16, 4); lseek(fd, 0, SEEK_SET); lseek(fd, 0, SEEK_END);
	fstat(fd, &status); close(fd);
	open("/no/such/file", O_RDWR | O_CREAT | O_TRUNC, 0644);
	stat("/", &status); lstat("/bin", &status); stat("/nope", &status);
	access("/etc", R_OK | X_OK); faccessat(AT_FDCWD, "/etc", R_OK, AT_EACCESS);
	close(999); dup2(1, 9); fcntl(9, F_GETFD); fcntl(9, F_SETFD, FD_CLOEXEC); fcntl(9, F_GETFL);
	fcntl(9, F_DUPFD_CLOEXEC, 20);
	statfs("/proc", &system); readlink("/proc/self/exe", buffer, 100); getcwd(buffer, sizeof buffer);
	mkdir("/proc/x", 0755); unlink("/nope"); rename("/nope", "/nope2"); chmod("/nope", 0600); chdir("/");
	ftruncate(999, 10); fsync(999); umask(022);
	syscall(SYS_ioctl, 1, 0x5401, buffer); syscall(SYS_ioctl, 1, 0x5413, buffer);
	fd = open("/proc/self/task", O_RDONLY | O_DIRECTORY); syscall(SYS_getdents64, fd, buffer, sizeof buffer);
}

static void pipes(void)
{
	struct iovec out[2] = {{"ab", 2}, {"cde", 3}}, in[2] = {{buffer, 3}, {buffer + 10, 9}};
	struct pollfd polled[2];
	struct timespec soon = {0, 1000};
	struct timeval ten = {0, 10};
	fd_set readable;
	pipe2(channel, O_CLOEXEC | O_NONBLOCK); read(channel[0], buffer, 1);
	write(channel[1], "hello\n\0\1\377", 9); read(channel[0], buffer, 100);
	writev(channel[1], out, 2); readv(channel[0], in, 2);
	polled[0] = (struct pollfd){channel[0], POLLIN, 0}; polled[1] = (struct pollfd){channel[1], POLLOUT, 0};
	poll(polled, 2, 0); ppoll(polled, 2, &soon, NULL);
	FD_ZERO(&readable); FD_SET(channel[0], &readable); select(channel[0] + 1, &readable, 0, 0, &ten);
	int poller = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = {EPOLLOUT | EPOLLET, {.u64 = 7}};
	epoll_ctl(poller, EPOLL_CTL_ADD, channel[1], &event); epoll_wait(poller, &event, 1, 0);
	eventfd(3, EFD_SEMAPHORE);
}

static void memory(void)
{
	void *area = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(area, 4096, PROT_NONE); madvise(area, 8192, MADV_DONTNEED);
	area = mremap(area, 8192, 16384, MREMAP_MAYMOVE); munmap(area, 4096);
	mmap(0, 0, PROT_READ, MAP_SHARED, -1, 0);
}

static void signals(void)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
	struct itimerval never = {{0, 0}, {0, 0}};
	sigset_t some, old;
	sigaddset(&action.sa_mask, SIGUSR2); sigaction(SIGUSR1, &action, NULL);
	sigemptyset(&some); sigaddset(&some, SIGTERM); sigaddset(&some, SIGCHLD);
	sigprocmask(SIG_BLOCK, &some, &old); raise(SIGUSR1); kill(getpid(), 0); sigpending(&some);
	sigprocmask(SIG_SETMASK, &old, 0); setitimer(ITIMER_REAL, &never, NULL); alarm(0);
}

static void sockets(void)
{
	struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(1), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_un nowhere = {AF_UNIX, "/no/such/socket"};
	struct iovec part = {"ab", 2};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	int one = 1, tcp, local;
	socklen_t length = sizeof one;
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
	send(pair[0], "x", 1, MSG_NOSIGNAL); recv(pair[1], buffer, 10, MSG_DONTWAIT); shutdown(pair[0], SHUT_RDWR);
	tcp = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP); connect(tcp, (void *)&here, sizeof here);
	setsockopt(tcp, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one); getsockopt(tcp, SOL_SOCKET, SO_TYPE, &one, &length);
	here.sin_port = 0; bind(tcp, (void *)&here, sizeof here); listen(tcp, 5);
	local = socket(AF_UNIX, SOCK_DGRAM, 0); connect(local, (void *)&nowhere, sizeof nowhere);
	sendmsg(pair[1], &message, MSG_NOSIGNAL);
}

static void process(void)
{
	struct utsname name; struct rlimit limit; struct rusage usage; struct timespec now, soon = {0, 1000};
	int status;
	uname(&name); getpid(); getppid(); getuid(); geteuid(); getgid(); syscall(SYS_gettid); getpgrp(); getsid(0);
	getrlimit(RLIMIT_NOFILE, &limit); getrusage(RUSAGE_SELF, &usage);
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now); nanosleep(&soon, NULL);
	syscall(SYS_getrandom, buffer, 4, 1); syscall(SYS_sched_yield); syscall(SYS_futex, buffer, 1, 1, 0, 0, 0);
	prctl(PR_SET_NAME, "compared"); prctl(PR_GET_DUMPABLE); syscall(1000, 1, 2, 3, 4, 5, 6);
	/* SIGCHLD waits until all is over, so that its line has one place. */
	sigset_t child_ended;
	sigemptyset(&child_ended); sigaddset(&child_ended, SIGCHLD); sigprocmask(SIG_BLOCK, &child_ended, NULL);
	pid_t child = fork();
	if (!child) _exit(3);
	siginfo_t info;
	waitid(P_PID, child, &info, WEXITED | WNOWAIT); waitpid(child, &status, 0); wait4(-1, &status, WNOHANG, 0);
	sigprocmask(SIG_UNBLOCK, &child_ended, NULL);
}

int main(void)
{
	files(); pipes(); memory(); signals(); sockets(); process();
	return 7;
}
"""

KNOWN = {
    "ppoll": "the time that is left is not printed",
    "pselect6": "a set that the kernel writes over is printed as it is after the call",
    "prctl": "a result of PR_GET_DUMPABLE has no name",
}
"""Calls that print otherwise than in strace, and why; one that no longer does must leave this list."""

NOT_OURS = "rt_sigreturn"
"""The one call that the real strace shows and we cannot: executed by a tool it would restore a bogus frame."""


def by_process(lines: list[str]) -> list[str]:
    """Order the lines by process, and join the two halves of a call that another process's line cut in two.

    Where one is cut is chance; we write a call's line when it has returned, so ours are never cut.
    """
    processes: dict[str, list[str]] = {}
    for line in lines:
        pid, text = line.split(maxsplit=1)
        own = processes.setdefault(pid, [])
        if resumed := re.match(r"<\.\.\. \w+ resumed>", text):
            own[-1] = own[-1].removesuffix(" <unfinished ...>") + text[resumed.end() :]
        else:
            own.append(text)
    return [line for own in processes.values() for line in own]


def normal(line: str) -> str:
    """Make two runs of one program equal: ids, addresses, times, random bytes and the column of the result."""
    line = re.sub(r"0x[0-9a-f]{6,}", "ADDRESS", line)
    line = re.sub(r"(tv_u?n?sec|sin_port)=[\w()]+", r"\1=N", line)
    line = re.sub(r'^getrandom\("[^"]*"', 'getrandom("RANDOM"', line)
    line = re.sub(r"si_(pid|utime|stime)=\d+", r"si_\1=N", line)
    # Ids: those of calls that are given or return one.
    line = re.sub(r"^(tgkill|kill|wait4|getsid|waitid)\((P_PID, )?\d+, (\d+, )?", r"\1(\2ID, ", line)
    if re.match(r"(get(pid|ppid|tid|pgrp|sid)|clone|fork|wait4|set_tid_address)\(", line):
        line = re.sub(r"= \d{2,}$", "= ID", line)
    return re.sub(r" += ", " = ", line)


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[str]]:
    """Give the lines of the real strace and ours."""
    place = tmp_path_factory.mktemp("compared")
    (place / "compared.c").write_text(PROGRAM)
    (place / "guest.h").write_bytes((Path(__file__).parents[1] / "guests" / "guest.h").read_bytes())
    program = str(compile_guest("compared", ("-static", "-w"), source=place, cache=place))
    both: list[list[str]] = []
    for words in (["strace", "-f"], None):
        out = place / f"trace{len(both)}"
        options = ["-o", str(out), program]
        run = finish([*words, *options], env=ENVIRONMENT) if words else reverie("strace", *options, env=ENVIRONMENT)
        assert run.returncode == 7, run.stderr
        both.append(out.read_text().splitlines())
    return both[0], both[1]


def differences(theirs: list[str], ours: list[str]) -> list[str]:
    """Return the lines that differ, with a sign whose they are."""
    old, new = ([normal(line) for line in by_process(lines)] for lines in (theirs, ours))
    lines = list(difflib.unified_diff(old, new, lineterm="", n=0))
    return [line for line in lines[2:] if not line.startswith("@@")]


@needs("strace")
def test_all_lines_but_the_known_are_those_of_strace(traces: tuple[list[str], list[str]]) -> None:
    theirs, ours = traces
    assert len(theirs) > 110
    found = [line for line in differences(theirs, ours) if not line.startswith(f"-{NOT_OURS}(")]
    wrong = sum(line.startswith("-") for line in found)
    differing = {line[1:].partition("(")[0] for line in found}
    assert differing == set(KNOWN), f"{wrong} of {len(theirs)} lines differ:\n" + "\n".join(found)


@needs("strace")
def test_that_one_is_missing_once(traces: tuple[list[str], list[str]]) -> None:
    theirs, ours = traces
    assert sum(line.startswith(f"-{NOT_OURS}(") for line in differences(theirs, ours)) == 1
    assert not any(NOT_OURS in line for line in ours)


@needs("strace")
def test_the_result_stands_in_the_same_column(traces: tuple[list[str], list[str]]) -> None:
    """strace counts what stands before the call, the process or the time, to the column."""
    theirs, ours = traces
    assert _columns(ours) == _columns(theirs)


def _columns(lines: list[str]) -> dict[str, int]:
    short = ("umask", "fsync", "sched_yield", "alarm", "chdir", "listen")
    found = {}
    for line in lines:
        match = re.match(r"\d+ +(\w+)\(.*?\) += ", line)
        if match and match[1] in short:
            found[match[1]] = match.end()
    assert set(found) == set(short)
    return found
