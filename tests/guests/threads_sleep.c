/* Two threads sleep for 20 ms each. */
#include "guest.h"

#include <pthread.h>

static void *rest(void *unused)
{
	struct timespec pause = {0, 20000000};
	check(nanosleep(&pause, NULL) == 0);
	return unused;
}

int main(void)
{
	pthread_t threads[2];
	long before = milliseconds();
	for (int i = 0; i < 2; i++)
		check(pthread_create(&threads[i], NULL, rest, NULL) == 0);
	for (int i = 0; i < 2; i++)
		check(pthread_join(threads[i], NULL) == 0);
	check(milliseconds() - before >= 20);
	return 0;
}
