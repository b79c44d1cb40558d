/* In a pid namespace of its own, in a user namespace where it needs one, process 1 and a thread of it call getppid. */
#define _GNU_SOURCE
#include "guest.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static volatile sig_atomic_t sender = -1;

static void keep(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	sender = info->si_pid;
}

static void *call(void *unused)
{
	check(syscall(SYS_gettid) == 2);
	check(syscall(SYS_getppid) == 0);
	check(pthread_kill(pthread_self(), SIGUSR1) == 0);
	check(sender == 1);
	return unused;
}

static void live(void)
{
	struct sigaction action = {.sa_sigaction = keep, .sa_flags = SA_SIGINFO};
	pthread_t thread;
	check(getpid() == 1);
	check(syscall(SYS_getppid) == 0);
	check(sigaction(SIGUSR1, &action, NULL) == 0);
	check(pthread_create(&thread, NULL, call, NULL) == 0);
	check(pthread_join(thread, NULL) == 0);
	pid_t child = fork();
	check(child >= 0);
	if (child == 0)
		_exit(getpid() + 10);
	int status;
	check(child == 3);
	check(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 13);
}

int main(void)
{
	if (unshare(CLONE_NEWPID) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0)
		return 77;
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		live();
		_exit(5);
	}
	int status;
	check(waitpid(child, &status, 0) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 5);
	return 0;
}
