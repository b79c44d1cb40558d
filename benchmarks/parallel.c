/* Compute in several threads with a call now and then, and report how long it takes, measured in here.
 *
 * usage: parallel THREADS CALLS
 * prints: wall_ns_inside
 *
 * Each thread makes so many calls, some milliseconds of computing apart.
 */
#include "guest.h"

#include <pthread.h>
#include <sys/syscall.h>

static long calls;

static void *compute(void *unused)
{
	volatile unsigned long number = 1;

	(void)unused;
	for (long call = 0; call < calls; call++) {
		for (long i = 0; i < 3000000; i++)
			number = number * 3 + 1;
		syscall(SYS_getppid);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[64];
	long number = argc > 1 ? count(argv[1]) : 1;
	double began = now_ns();

	calls = argc > 2 ? count(argv[2]) : 1;
	if (number > 64)
		die("THREADS");
	for (long i = 0; i < number; i++)
		if ((errno = pthread_create(&threads[i], NULL, compute, NULL)))
			die("pthread_create");
	for (long i = 0; i < number; i++)
		pthread_join(threads[i], NULL);
	report("wall_ns_inside", now_ns() - began);
	return 0;
}
