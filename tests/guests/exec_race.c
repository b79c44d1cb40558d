/* Four threads, the leader among them, exec this program at once; as often as the argument says, or 8 times. */
#include "guest.h"

#include <pthread.h>

static pthread_barrier_t ready;
static char **arguments;
static char left[16], id[16];

static void *race(void *unused)
{
	(void)unused;
	pthread_barrier_wait(&ready);
	execl("/proc/self/exe", arguments[0], left, id, NULL);
	die("execl");
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 8;
	check(gettid() == getpid());
	check(argc < 3 || atoi(argv[2]) == getpid());
	if (rounds == 0)
		return 0;
	arguments = argv;
	snprintf(left, sizeof left, "%d", rounds - 1);
	snprintf(id, sizeof id, "%d", getpid());
	pthread_barrier_init(&ready, NULL, 4);
	for (int i = 0; i < 3; i++) {
		pthread_t thread;
		check(pthread_create(&thread, NULL, race, NULL) == 0);
	}
	race(NULL);
	return 1;
}
