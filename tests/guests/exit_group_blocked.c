/* Ends with exit_group while eight threads are blocked: in a lock, in a read, in a sleep, and in a loop. */
#include "guest.h"

#include <pthread.h>
#include <sys/syscall.h>

static pthread_barrier_t ready;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int ends[2];

static void *block(void *number)
{
	char byte;
	pthread_barrier_wait(&ready);
	switch ((long)number % 4) {
	case 0:
		pthread_mutex_lock(&lock);
		break;
	case 1:
		check(read(ends[0], &byte, 1) == 1);
		break;
	case 2:
		pause();
		break;
	default:
		for (;;)
			syscall(SYS_sched_yield);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	check(pipe(ends) == 0);
	pthread_mutex_lock(&lock);
	pthread_barrier_init(&ready, NULL, 9);
	for (long i = 0; i < 8; i++) {
		pthread_t thread;
		check(pthread_create(&thread, NULL, block, (void *)i) == 0);
	}
	pthread_barrier_wait(&ready);
	syscall(SYS_exit_group, argc > 1 ? atoi(argv[1]) : 0);
	return 1;
}
