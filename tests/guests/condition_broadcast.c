/* Five threads wait for one condition, and one broadcast wakes them all. */
#include "guest.h"

#include <pthread.h>

enum { THREADS = 5 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t go = PTHREAD_COND_INITIALIZER, all_wait = PTHREAD_COND_INITIALIZER;
static int waiting, gone, may_go;

static void *wait_for_all(void *unused)
{
	pthread_mutex_lock(&lock);
	if (++waiting == THREADS)
		pthread_cond_signal(&all_wait);
	while (!may_go)
		check(pthread_cond_wait(&go, &lock) == 0);
	gone++;
	pthread_mutex_unlock(&lock);
	return unused;
}

int main(void)
{
	pthread_t threads[THREADS];
	for (int i = 0; i < THREADS; i++)
		check(pthread_create(&threads[i], NULL, wait_for_all, NULL) == 0);
	pthread_mutex_lock(&lock);
	while (waiting < THREADS)
		check(pthread_cond_wait(&all_wait, &lock) == 0);
	check(gone == 0);
	may_go = 1;
	check(pthread_cond_broadcast(&go) == 0);
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < THREADS; i++)
		check(pthread_join(threads[i], NULL) == 0);
	check(gone == THREADS);
	return 0;
}
