/* Cancels threads: blocked in a read, in a wait, in a loop, and one that cannot be cancelled yet. */
#include "guest.h"

#include <pthread.h>
#include <semaphore.h>

static sem_t begun, go_on;
static int ends[2];
static int cleaned;

static void clean(void *unused)
{
	(void)unused;
	__atomic_add_fetch(&cleaned, 1, __ATOMIC_RELAXED);
}

static void *live(void *number)
{
	char byte;
	pthread_cleanup_push(clean, NULL);
	switch ((long)number) {
	case 0:
		sem_post(&begun);
		check(read(ends[0], &byte, 1) == 1);
		break;
	case 1:
		sem_post(&begun);
		pause();
		break;
	case 2:
		pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
		sem_post(&begun);
		for (;;)
			;
	default:
		pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
		sem_post(&begun);
		sem_wait(&go_on);
		check(cleaned == 3);
		pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
		pthread_testcancel();
	}
	pthread_cleanup_pop(0);
	die("not cancelled");
}

int main(void)
{
	check(pipe(ends) == 0);
	sem_init(&begun, 0, 0);
	sem_init(&go_on, 0, 0);
	pthread_t threads[4];
	for (long i = 0; i < 4; i++) {
		check(pthread_create(&threads[i], NULL, live, (void *)i) == 0);
		while (sem_wait(&begun) != 0)
			check(errno == EINTR);
	}
	for (int i = 0; i < 4; i++)
		check(pthread_cancel(threads[i]) == 0);
	for (int i = 0; i < 4; i++) {
		void *result;
		if (i == 3)
			sem_post(&go_on);
		check(pthread_join(threads[i], &result) == 0);
		check(result == PTHREAD_CANCELED);
	}
	check(cleaned == 4);
	return 0;
}
