/* Make the cheapest system call again and again while many others are alive and wait, and report the cost of one.
 *
 * usage: crowd threads|processes HOW_MANY CALLS
 * prints: ns_per_call
 */
#include "guest.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { STACK_BYTES = 65536 };

static int ends[2];
static const int *const waiting = &ends[0];

static void *wait_for_end(void *argument)
{
	char byte;

	if (read(*waiting, &byte, 1) < 0)
		die("read");
	return argument;
}

static void start_thread(void)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	errno = pthread_create(&thread, &attributes, wait_for_end, NULL);
	if (errno)
		die("pthread_create");
	pthread_attr_destroy(&attributes);
}

static void start_process(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		close(ends[1]);
		wait_for_end(NULL);
		_exit(0);
	}
}

int main(int argc, char **argv)
{
	void (*start)(void);
	long calls;
	double began;

	if (argc != 4)
		return 2;
	start = strcmp(argv[1], "threads") ? start_process : start_thread;
	calls = count(argv[3]);
	if (pipe(ends))
		die("pipe");
	for (long i = 0; i < count(argv[2]); i++)
		start();
	for (long i = 0; i < calls / 10 + 1; i++)
		syscall(SYS_getppid);
	began = now_ns();
	for (long i = 0; i < calls; i++)
		syscall(SYS_getppid);
	report("ns_per_call", (now_ns() - began) / (double)calls);
	close(ends[1]);
	while (wait(NULL) > 0)
		;
	return 0;
}
