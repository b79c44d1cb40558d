/* Stops a child by SIGSTOP and lets it go on by SIGCONT, and is told of both; first one thread, then four. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static int ends[2];

static void *beat(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void live(int threads)
{
	for (int i = 1; i < threads; i++) {
		pthread_t thread;
		check(pthread_create(&thread, NULL, beat, NULL) == 0);
	}
	for (;;)
		check(write(ends[1], "b", 1) == 1);
}

int main(void)
{
	for (int threads = 1; threads <= 4; threads += 3) {
		check(pipe(ends) == 0);
		pid_t child = fork();
		check(child >= 0);
		if (child == 0)
			live(threads);
		char bytes[4096];
		int status;
		check(read(ends[0], bytes, 1) == 1);
		for (int i = 0; i < 3; i++) {
			check(kill(child, SIGSTOP) == 0);
			check(waitpid(child, &status, WUNTRACED) == child);
			check(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
			check(waitpid(child, &status, WUNTRACED | WCONTINUED | WNOHANG) == 0);
			check(kill(child, SIGCONT) == 0);
			check(waitpid(child, &status, WCONTINUED) == child);
			check(WIFCONTINUED(status));
			check(read(ends[0], bytes, sizeof bytes) > 0);
		}
		check(kill(child, SIGSTOP) == 0);
		check(waitpid(child, &status, WUNTRACED) == child);
		check(WIFSTOPPED(status));
		check(kill(child, SIGKILL) == 0);
		check(waitpid(child, &status, 0) == child);
		check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		close(ends[0]);
		close(ends[1]);
	}
	return 0;
}
