/* Starts four threads that start four more each; every leaf calls getpid a hundred times. */
#include "guest.h"

#include <pthread.h>
#include <sys/syscall.h>

static void *leaf(void *unused)
{
	for (int i = 0; i < 100; i++)
		check(syscall(SYS_getpid) == getpid());
	return unused;
}

static void *branch(void *unused)
{
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		check(pthread_create(&threads[i], NULL, leaf, NULL) == 0);
	for (int i = 0; i < 4; i++)
		check(pthread_join(threads[i], NULL) == 0);
	return unused;
}

int main(void)
{
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		check(pthread_create(&threads[i], NULL, branch, NULL) == 0);
	for (int i = 0; i < 4; i++)
		check(pthread_join(threads[i], NULL) == 0);
	return 0;
}
