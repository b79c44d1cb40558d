/* Kills a child that is blocked, and one with threads, by SIGKILL, and sees of what each died. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static void *block(void *unused)
{
	pause();
	return unused;
}

int main(void)
{
	for (int threads = 0; threads < 4; threads += 3) {
		int ends[2];
		check(pipe(ends) == 0);
		pid_t child = fork();
		check(child >= 0);
		if (child == 0) {
			for (int i = 0; i < threads; i++) {
				pthread_t thread;
				check(pthread_create(&thread, NULL, block, NULL) == 0);
			}
			check(write(ends[1], "r", 1) == 1);
			pause();
			_exit(1);
		}
		char byte;
		check(read(ends[0], &byte, 1) == 1);
		check(kill(child, SIGKILL) == 0);
		int status;
		check(waitpid(child, &status, 0) == child);
		check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	}
	return 0;
}
