/* A child whose leader has left has two threads: one calls exit, the other getgid; the parent stops it, and sees that. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void *leave(void *unused)
{
	syscall(SYS_exit, 0);
	return unused;
}

static void *stay(void *unused)
{
	for (;;)
		getgid();
	return unused;
}

static void live(void)
{
	pthread_t threads[2];
	check(pthread_create(&threads[0], NULL, stay, NULL) == 0);
	check(pthread_create(&threads[1], NULL, leave, NULL) == 0);
	syscall(SYS_exit, 0);
}

int main(void)
{
	int status;
	pid_t child = fork();
	check(child >= 0);
	if (child == 0)
		live();
	check(kill(child, SIGSTOP) == 0);
	check(waitpid(child, &status, WUNTRACED) == child);
	check(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	check(kill(child, SIGKILL) == 0);
	check(waitpid(child, &status, 0) == child);
	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return 0;
}
