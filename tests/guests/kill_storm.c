/* Many times over, forks a child that starts threads and processes as fast as it can, and kills it by SIGKILL meanwhile. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static void *live(void *unused)
{
	return unused;
}

static void multiply(int ready)
{
	pthread_attr_t detached;
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	signal(SIGCHLD, SIG_IGN);
	check(write(ready, "r", 1) == 1);
	for (;;) {
		pthread_t thread;
		if (pthread_create(&thread, &detached, live, NULL) != 0)
			usleep(100);
		if (fork() == 0)
			_exit(0);
	}
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 20;
	for (int round = 0; round < rounds; round++) {
		int ends[2], status;
		char byte;
		check(pipe(ends) == 0);
		pid_t child = fork();
		check(child >= 0);
		if (child == 0)
			multiply(ends[1]);
		check(read(ends[0], &byte, 1) == 1);
		usleep(round * 37 % 1000);
		check(kill(child, SIGKILL) == 0);
		check(waitpid(child, &status, 0) == child);
		check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		close(ends[0]);
		close(ends[1]);
	}
	return 0;
}
