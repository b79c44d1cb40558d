/* Five threads wait for a condition each; the first is woken, and each wakes the next, round after round. */
#include "guest.h"

#include <pthread.h>

enum { THREADS = 5, ROUNDS = 5 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t conditions[THREADS], all_wait = PTHREAD_COND_INITIALIZER;
static int turn = -1, waiting, woken[THREADS];

static void *wait_in_turn(void *number)
{
	int own = (long)number;
	pthread_mutex_lock(&lock);
	if (++waiting == THREADS)
		pthread_cond_signal(&all_wait);
	for (int round = 0; round < ROUNDS; round++) {
		while (turn != own)
			check(pthread_cond_wait(&conditions[own], &lock) == 0);
		check(woken[own]++ == round);
		turn = (own + 1) % THREADS;
		check(pthread_cond_signal(&conditions[turn]) == 0);
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	for (long i = 0; i < THREADS; i++) {
		check(pthread_cond_init(&conditions[i], NULL) == 0);
		check(pthread_create(&threads[i], NULL, wait_in_turn, (void *)i) == 0);
	}
	pthread_mutex_lock(&lock);
	while (waiting < THREADS)
		check(pthread_cond_wait(&all_wait, &lock) == 0);
	turn = 0;
	check(pthread_cond_signal(&conditions[0]) == 0);
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < THREADS; i++)
		check(pthread_join(threads[i], NULL) == 0);
	for (int i = 0; i < THREADS; i++)
		check(woken[i] == ROUNDS);
	return 0;
}
