/* Four threads write a hundred bytes each to standard error, one by one. */
#include "guest.h"

#include <pthread.h>

static void *print(void *mark)
{
	for (int i = 0; i < 100; i++)
		check(write(STDERR_FILENO, mark, 1) == 1);
	return NULL;
}

int main(void)
{
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		check(pthread_create(&threads[i], NULL, print, &"abcd"[i]) == 0);
	for (int i = 0; i < 4; i++)
		check(pthread_join(threads[i], NULL) == 0);
	return 0;
}
