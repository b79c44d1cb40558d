/* Ten threads spin, without a system call, until an eleventh has counted to ten, sleeping between. */
#include "guest.h"

#include <pthread.h>

static int count;

static void *spin(void *unused)
{
	while (__atomic_load_n(&count, __ATOMIC_ACQUIRE) < 10)
		;
	return unused;
}

static void *raise_count(void *unused)
{
	for (int i = 0; i < 10; i++) {
		check(usleep(1000) == 0);
		__atomic_add_fetch(&count, 1, __ATOMIC_RELEASE);
	}
	return unused;
}

int main(void)
{
	pthread_t threads[11];
	for (int i = 0; i < 11; i++)
		check(pthread_create(&threads[i], NULL, i < 10 ? spin : raise_count, NULL) == 0);
	for (int i = 0; i < 11; i++)
		check(pthread_join(threads[i], NULL) == 0);
	return 0;
}
