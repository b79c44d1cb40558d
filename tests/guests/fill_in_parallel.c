/* Two threads fill an array of a million places, each taking the next, round and round until they have taken turns. */
#include "guest.h"

#include <pthread.h>

enum { PLACES = 1000000 };

static char owner[PLACES];
static unsigned next;
static int arrived, turns;
static char last;

static void *fill(void *mark)
{
	char own = *(char *)mark;
	__atomic_add_fetch(&arrived, 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&arrived, __ATOMIC_ACQUIRE) < 2)
		; /* no call, that both be in user mode when the first begins */
	/* One may fill it all before the other is given a processor, so it is not enough that it be full. */
	while (__atomic_load_n(&next, __ATOMIC_RELAXED) < PLACES || __atomic_load_n(&turns, __ATOMIC_RELAXED) < 2) {
		owner[__atomic_fetch_add(&next, 1, __ATOMIC_RELAXED) % PLACES] = own;
		if (__atomic_exchange_n(&last, own, __ATOMIC_RELAXED) != own)
			__atomic_add_fetch(&turns, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[2];
	for (int i = 0; i < 2; i++)
		check(pthread_create(&threads[i], NULL, fill, &"ab"[i]) == 0);
	for (int i = 0; i < 2; i++)
		check(pthread_join(threads[i], NULL) == 0);
	for (int place = 0; place < PLACES; place++)
		check(owner[place] == 'a' || owner[place] == 'b');
	return 0;
}
