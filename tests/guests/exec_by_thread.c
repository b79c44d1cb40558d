/* With its leader and another thread blocked, a thread execs this program again and becomes the leader. */
#include "guest.h"

#include <pthread.h>

static pthread_barrier_t ready;
static char **arguments;

static void *block(void *unused)
{
	pthread_barrier_wait(&ready);
	pause();
	return unused;
}

static void *replace(void *unused)
{
	char id[16];
	snprintf(id, sizeof id, "%d", getpid());
	pthread_barrier_wait(&ready);
	check(gettid() != getpid());
	execl("/proc/self/exe", arguments[0], id, NULL);
	die("execl");
	return unused;
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		check(atoi(argv[1]) == getpid());
		check(gettid() == getpid());
		return 0;
	}
	arguments = argv;
	pthread_barrier_init(&ready, NULL, 3);
	pthread_t threads[2];
	check(pthread_create(&threads[0], NULL, block, NULL) == 0);
	check(pthread_create(&threads[1], NULL, replace, NULL) == 0);
	block(NULL);
	return 1;
}
