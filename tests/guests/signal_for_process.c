/* Threads sleep and read while signals without an effect are sent to the whole process. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

static atomic_int done;

static void *sleep_often(void *unused)
{
	struct timespec moment = {0, 2000000};
	for (int i = 0; i < 20; i++)
		check(nanosleep(&moment, NULL) == 0);
	done++;
	return unused;
}

static void *read_once(void *end)
{
	char byte;
	check(read(*(int *)end, &byte, 1) == 1);
	return NULL;
}

int main(void)
{
	pthread_t threads[4];
	int ends[2];
	check(pipe(ends) == 0);
	for (int i = 0; i < 4; i++)
		check(pthread_create(&threads[i], NULL, i % 2 ? sleep_often : read_once, &ends[0]) == 0);
	while (done < 2)
		check(kill(getpid(), SIGWINCH) == 0);
	check(write(ends[1], "ab", 2) == 2);
	for (int i = 0; i < 4; i++)
		check(pthread_join(threads[i], NULL) == 0);
	return 0;
}
