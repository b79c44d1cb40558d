/* With three threads blocked, the leader execs this program again. */
#include "guest.h"

#include <pthread.h>

static pthread_barrier_t ready;

static void *block(void *unused)
{
	pthread_barrier_wait(&ready);
	pause();
	return unused;
}

int main(int argc, char **argv)
{
	char id[16];
	snprintf(id, sizeof id, "%d", getpid());
	if (argc > 1) {
		check(strcmp(argv[1], id) == 0);
		check(gettid() == getpid());
		return 0;
	}
	pthread_barrier_init(&ready, NULL, 4);
	for (int i = 0; i < 3; i++) {
		pthread_t thread;
		check(pthread_create(&thread, NULL, block, NULL) == 0);
	}
	pthread_barrier_wait(&ready);
	execl("/proc/self/exe", argv[0], id, NULL);
	die("execl");
}
