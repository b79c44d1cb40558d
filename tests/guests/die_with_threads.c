/* Dies of SIGSEGV in a thread while its leader and two more threads are blocked. */
#include "guest.h"

#include <pthread.h>
#include <sys/resource.h>

static pthread_barrier_t ready;

static void *block(void *fault)
{
	pthread_barrier_wait(&ready);
	if (fault)
		*(volatile int *)8 = 1;
	pause();
	return NULL;
}

int main(void)
{
	struct rlimit none = {0, 0};
	check(setrlimit(RLIMIT_CORE, &none) == 0);
	pthread_barrier_init(&ready, NULL, 4);
	for (int i = 0; i < 3; i++) {
		pthread_t thread;
		check(pthread_create(&thread, NULL, block, i == 2 ? &ready : NULL) == 0);
	}
	block(NULL);
	return 98;
}
