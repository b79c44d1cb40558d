/* In six threads it starts a thread and joins it, again and again, until its stdin ends; says on stdout that it has begun. */
#include "guest.h"

#include <pthread.h>
#include <stdatomic.h>

static atomic_int done;

static void *nothing(void *argument)
{
	return argument;
}

static void *start(void *unused)
{
	while (!done) {
		pthread_t thread;
		void *result;
		check(pthread_create(&thread, NULL, nothing, &thread) == 0);
		check(pthread_join(thread, &result) == 0 && result == &thread);
	}
	return unused;
}

int main(void)
{
	pthread_t threads[6];
	char byte;
	for (int i = 0; i < 6; i++)
		check(pthread_create(&threads[i], NULL, start, NULL) == 0);
	check(write(1, "begun\n", 6) == 6);
	check(read(0, &byte, 1) == 0);
	done = 1;
	for (int i = 0; i < 6; i++)
		check(pthread_join(threads[i], NULL) == 0);
	return 0;
}
