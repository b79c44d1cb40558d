/* Start processes or threads one after another, and report the cost of one, measured in here.
 *
 * usage: births exec|thread TIMES
 * prints: ns_per_birth
 *
 * exec:   fork, exec this program again with nothing to do, and wait for its end
 * thread: pthread_create a thread with nothing to do, and join it
 */
#include "guest.h"

#include <pthread.h>
#include <sys/wait.h>

static void *do_nothing(void *argument)
{
	return argument;
}

static void start_thread(void)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, do_nothing, NULL);
	if (errno)
		die("pthread_create");
	errno = pthread_join(thread, NULL);
	if (errno)
		die("pthread_join");
}

static void start_program(void)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		execl("/proc/self/exe", "births", (char *)NULL);
		die("exec");
	}
	if (waitpid(pid, &status, 0) != pid || status)
		die("waitpid");
}

int main(int argc, char **argv)
{
	void (*start)(void);
	long times;
	double began;

	if (argc < 3)
		return 0; /* we are the program that was started */
	start = strcmp(argv[1], "thread") ? start_program : start_thread;
	times = count(argv[2]);
	for (long i = 0; i < times / 10 + 1; i++)
		start();
	began = now_ns();
	for (long i = 0; i < times; i++)
		start();
	report("ns_per_birth", (now_ns() - began) / (double)times);
	return 0;
}
