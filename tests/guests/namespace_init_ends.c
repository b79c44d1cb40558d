/* The init of a pid namespace exits, and another is killed by SIGKILL: with it end its children, threads and orphans.

   Exits with 77 where it may not make user and pid namespaces. */
#include "guest.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void *block(void *unused)
{
	pause();
	return unused;
}

static void live(int end)
{
	pthread_t thread;
	check(pthread_create(&thread, NULL, block, NULL) == 0);
	check(write(end, "r", 1) == 1);
	block(NULL);
}

static void be_init(int end, int gate)
{
	char byte;
	int status;
	for (int i = 0; i < 2; i++) {
		pid_t child = fork();
		check(child >= 0);
		if (child == 0)
			live(end);
	}
	pid_t middle = fork();
	check(middle >= 0);
	if (middle == 0) {
		if (fork() == 0)
			live(end);
		_exit(0);
	}
	check(waitpid(middle, &status, 0) == middle);
	check(read(gate, &byte, 1) == 1);
	_exit(7);
}

int main(void)
{
	for (int killed = 0; killed < 2; killed++) {
		int ends[2], gate[2], status;
		char bytes[4];
		check(pipe(ends) == 0 && pipe(gate) == 0);
		pid_t child = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
		if (child == -1)
			return 77;
		if (child == 0) {
			close(ends[0]);
			be_init(ends[1], gate[0]);
		}
		close(ends[1]);
		for (int i = 0; i < 3; i++)
			check(read(ends[0], bytes, 1) == 1);
		if (killed)
			check(kill(child, SIGKILL) == 0);
		else
			check(write(gate[1], "g", 1) == 1);
		check(waitpid(child, &status, 0) == child);
		check(killed ? WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 7);
		check(read(ends[0], bytes, 1) == 0); /* whoever had the other end is gone */
		close(ends[0]);
		close(gate[0]);
		close(gate[1]);
	}
	return 0;
}
