/* Opens pidfds and sends signals through them: to itself, to a child with a value, and one that kills. */
#include "guest.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static int ends[2];
static volatile sig_atomic_t handled;

static void handle(int signo)
{
	handled = signo;
}

static void await_value(pid_t parent)
{
	sigset_t set;
	siginfo_t info;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	check(sigwaitinfo(&set, &info) == SIGUSR2);
	check(info.si_pid == parent && info.si_code == SI_QUEUE && info.si_value.sival_int == 4711);
	check(write(ends[1], "v", 1) == 1);
	for (;;)
		pause();
}

int main(void)
{
	char byte;
	sigset_t set;
	signal(SIGUSR1, handle);
	int own = syscall(SYS_pidfd_open, getpid(), 0);
	check(own >= 0);
	check(syscall(SYS_pidfd_send_signal, own, SIGUSR1, NULL, 0) == 0);
	check(handled == SIGUSR1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	check(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	check(pipe(ends) == 0);
	pid_t parent = getpid(), child = fork();
	check(child >= 0);
	if (child == 0)
		await_value(parent);
	int pidfd = syscall(SYS_pidfd_open, child, 0);
	check(pidfd >= 0);
	siginfo_t info = {.si_signo = SIGUSR2, .si_code = SI_QUEUE};
	info.si_pid = parent;
	info.si_uid = getuid();
	info.si_value.sival_int = 4711;
	check(syscall(SYS_pidfd_send_signal, pidfd, SIGUSR2, &info, 0) == 0);
	check(read(ends[0], &byte, 1) == 1);
	check(syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, NULL, 0) == 0);
	struct pollfd ready = {.fd = pidfd, .events = POLLIN};
	check(poll(&ready, 1, -1) == 1);
	int status;
	check(waitpid(child, &status, 0) == child);
	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	check(syscall(SYS_pidfd_open, child, 0) == -1 && errno == ESRCH);
	return 0;
}
