/* One of eight threads forks, with handlers of pthread_atfork, and waits; the others sleep in a loop meanwhile.

   With an argument the child execs cat, which shows its own stat. */
#include "guest.h"

#include <pthread.h>
#include <sys/wait.h>

static int execs, prepared, in_parent, in_child;

static void prepare(void)
{
	prepared++;
}

static void go_on_as_parent(void)
{
	in_parent++;
}

static void go_on_as_child(void)
{
	in_child++;
}

static void *fork_and_wait(void *unused)
{
	int status;
	pid_t process = getpid(), child = fork();
	check(child >= 0);
	if (child == 0) {
		check(prepared == 1 && in_parent == 0 && in_child == 1);
		check(getppid() == process && gettid() == getpid());
		if (!execs)
			_exit(0);
		execlp("cat", "cat", "/proc/self/stat", NULL);
		_exit(98);
	}
	check(waitpid(child, &status, 0) == child);
	check(status == 0);
	return unused;
}

static void *sleep_often(void *unused)
{
	struct timespec pause = {0, 1000000}, before, after;
	check(clock_gettime(CLOCK_MONOTONIC, &before) == 0);
	for (int i = 0; i < 10; i++) {
		check(nanosleep(&pause, NULL) == 0);
		check(clock_gettime(CLOCK_MONOTONIC, &after) == 0);
		check((after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec >= pause.tv_nsec);
		before = after;
	}
	return unused;
}

int main(int argc, char **argv)
{
	(void)argv;
	pthread_t threads[8];
	execs = argc > 1;
	check(pthread_atfork(prepare, go_on_as_parent, go_on_as_child) == 0);
	for (int i = 0; i < 8; i++)
		check(pthread_create(&threads[i], NULL, i == 3 ? fork_and_wait : sleep_often, NULL) == 0);
	for (int i = 0; i < 8; i++)
		check(pthread_join(threads[i], NULL) == 0);
	check(prepared == 1 && in_parent == 1 && in_child == 0);
	return 0;
}
