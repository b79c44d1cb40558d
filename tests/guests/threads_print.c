/* Writes a hundred times "b" while its thread writes "a" twice; ends the line when both are through. */
#include "guest.h"

#include <pthread.h>

static void *print(void *unused)
{
	for (int i = 0; i < 2; i++)
		check(write(STDOUT_FILENO, "a", 1) == 1);
	return unused;
}

int main(void)
{
	pthread_t thread;
	check(pthread_create(&thread, NULL, print, NULL) == 0);
	for (int i = 0; i < 100; i++)
		check(write(STDOUT_FILENO, "b", 1) == 1);
	check(pthread_join(thread, NULL) == 0);
	check(write(STDOUT_FILENO, "\n", 1) == 1);
	return 0;
}
