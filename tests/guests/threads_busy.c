/* Twelve threads call getppid without end; one that is older than they makes 100 calls and ends the process. */
#include "guest.h"

#include <pthread.h>

static pthread_barrier_t begun;

static void *call(void *unused)
{
	pthread_barrier_wait(&begun);
	for (;;)
		getppid();
	return unused;
}

static void *finish(void *unused)
{
	pthread_barrier_wait(&begun);
	for (int i = 0; i < 100; i++)
		getpid();
	exit(0);
	return unused;
}

int main(void)
{
	pthread_t threads[13];
	pthread_barrier_init(&begun, NULL, 13);
	for (int i = 0; i < 13; i++)
		check(pthread_create(&threads[i], NULL, i == 0 ? finish : call, NULL) == 0);
	pthread_join(threads[0], NULL);
	return 1;
}
