/* Parent and child write, by five threads each, to a private mapping at the same place; neither sees the other's. */
#include "guest.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { THREADS = 5, BYTES = 4096 };

static char *memory, base;

static void *write_own(void *number)
{
	memset(memory + (long)number * BYTES, base + (long)number, BYTES);
	return NULL;
}

static void write_and_check(char first, int from_other, int to_other)
{
	pthread_t threads[THREADS];
	char byte;
	base = first;
	for (long i = 0; i < THREADS; i++)
		check(pthread_create(&threads[i], NULL, write_own, (void *)i) == 0);
	for (int i = 0; i < THREADS; i++)
		check(pthread_join(threads[i], NULL) == 0);
	check(write(to_other, "w", 1) == 1);
	check(read(from_other, &byte, 1) == 1);
	for (int i = 0; i < THREADS * BYTES; i++)
		check(memory[i] == first + i / BYTES);
}

int main(void)
{
	int up[2], down[2], status;
	memory = mmap(NULL, THREADS * BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(memory != MAP_FAILED);
	memset(memory, '0', THREADS * BYTES);
	check(pipe(up) == 0 && pipe(down) == 0);
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		write_and_check('a', down[0], up[1]);
		_exit(0);
	}
	write_and_check('A', up[0], down[1]);
	check(waitpid(child, &status, 0) == child);
	check(status == 0);
	return 0;
}
