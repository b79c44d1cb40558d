/* A thread maps memory where it asks to; eight threads write there, and the leader reads it all. */
#include "guest.h"

#include <pthread.h>
#include <sys/mman.h>

enum { THREADS = 8, BYTES = 4096 };

static char *memory;

static void *map(void *hint)
{
	memory = mmap(hint, THREADS * BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return NULL;
}

static void *write_own(void *number)
{
	memset(memory + (long)number * BYTES, 'a' + (long)number, BYTES);
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	void *hint = (void *)0x67000000;
	check(pthread_create(&threads[0], NULL, map, hint) == 0);
	check(pthread_join(threads[0], NULL) == 0);
	check(memory == hint); /* nothing is there, so the kernel takes the hint */
	for (long i = 0; i < THREADS; i++)
		check(pthread_create(&threads[i], NULL, write_own, (void *)i) == 0);
	for (int i = 0; i < THREADS; i++)
		check(pthread_join(threads[i], NULL) == 0);
	for (int i = 0; i < THREADS * BYTES; i++)
		check(memory[i] == 'a' + i / BYTES);
	return 0;
}
