/* Makes processes by the bare clone and clone3: with no exit signal, with SIGUSR1, and as fork does. */
#include "guest.h"

#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void reap(long child, int options)
{
	int status;
	check(child > 0);
	check(waitpid(child, &status, options) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 6);
}

static void be_child(pid_t parent)
{
	check(syscall(SYS_getpid) != parent);
	check(syscall(SYS_getpid) == syscall(SYS_gettid));
	check(syscall(SYS_getppid) == parent);
	_exit(6);
}

int main(void)
{
	pid_t parent = getpid();
	int exit_signals[] = {0, SIGUSR1, SIGCHLD};
	signal(SIGUSR1, SIG_IGN);
	for (int i = 0; i < 3; i++) {
		long child = syscall(SYS_clone, exit_signals[i], 0, 0, 0, 0);
		if (child == 0)
			be_child(parent);
		reap(child, __WALL);
	}
	struct clone_args args = {.exit_signal = SIGCHLD};
	long child = syscall(SYS_clone3, &args, sizeof args);
	if (child == 0)
		be_child(parent);
	reap(child, 0);
	return 0;
}
