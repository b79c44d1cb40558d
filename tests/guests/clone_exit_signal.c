/* Clones children with exit signal 0, SIGUSR1 and SIGCHLD, and sees which wait finds each, and what it is sent. */
#include "guest.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static volatile sig_atomic_t told, told_pid, told_code, told_status;

static void handle(int signo, siginfo_t *info, void *unused)
{
	(void)unused;
	told = signo;
	told_pid = info->si_pid;
	told_code = info->si_code;
	told_status = info->si_status;
}

static pid_t born(int signo)
{
	pid_t child = syscall(SYS_clone, signo, 0, 0, 0, 0);
	check(child >= 0);
	if (child == 0)
		_exit(6);
	return child;
}

static void reap(pid_t child, int options)
{
	int status;
	check(waitpid(child, &status, options) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 6);
	check(waitpid(child, NULL, options) == -1 && errno == ECHILD);
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_RESTART};
	check(sigaction(SIGUSR1, &action, NULL) == 0);
	for (int signo = 0; signo <= SIGUSR1; signo += SIGUSR1) {
		pid_t child = born(signo);
		check(waitpid(child, NULL, 0) == -1 && errno == ECHILD);
		reap(child, __WCLONE);
		check(told == signo);
		check(!signo || (told_pid == child && told_code == CLD_EXITED && told_status == 6));
		reap(born(signo), __WALL);
	}
	pid_t child = born(SIGCHLD);
	check(waitpid(child, NULL, __WCLONE) == -1 && errno == ECHILD);
	reap(child, 0);
	reap(born(SIGCHLD), __WALL);
	return 0;
}
