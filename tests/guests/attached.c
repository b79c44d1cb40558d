/* Works in threads and children until its stdin ends, checks all results, and says on stdout that it has begun. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>

static atomic_int done, handled;

static void count(int signo)
{
	(void)signo;
	handled++;
}

static void *work(void *unused)
{
	struct timespec moment = {0, 1000000};
	while (!done) {
		int ends[2];
		char byte = 'x';
		check(pipe(ends) == 0);
		check(write(ends[1], &byte, 1) == 1);
		check(read(ends[0], &byte, 1) == 1 && byte == 'x');
		check(close(ends[0]) == 0 && close(ends[1]) == 0);
		check(nanosleep(&moment, NULL) == 0);
	}
	return unused;
}

static void *start_children(void *unused)
{
	int started = 0;
	while (!done) {
		pid_t child = fork();
		check(child >= 0);
		if (child == 0)
			_exit(started % 40);
		int status;
		check(waitpid(child, &status, 0) == child);
		check(WIFEXITED(status) && WEXITSTATUS(status) == started % 40);
		started++;
	}
	return unused;
}

static void *raise_signals(void *unused)
{
	for (int raised = 1; !done; raised++) {
		check(pthread_kill(pthread_self(), SIGUSR1) == 0);
		check(handled == raised);
	}
	return unused;
}

int main(void)
{
	void *(*tasks[])(void *) = {work, work, start_children, raise_signals};
	pthread_t threads[4];
	struct sigaction action = {.sa_handler = count, .sa_flags = SA_RESTART};
	check(sigaction(SIGUSR1, &action, NULL) == 0);
	for (int i = 0; i < 4; i++)
		check(pthread_create(&threads[i], NULL, tasks[i], NULL) == 0);
	check(write(1, "begun\n", 6) == 6);
	char byte;
	check(read(0, &byte, 1) == 0); /* waits for its end */
	done = 1;
	for (int i = 0; i < 4; i++)
		check(pthread_join(threads[i], NULL) == 0);
	return 42;
}
