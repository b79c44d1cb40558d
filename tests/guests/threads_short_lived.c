/* Starts and joins threads, eight at a time: as many as the argument says, or 80. */
#include "guest.h"

#include <pthread.h>
#include <sys/syscall.h>

static void *live(void *unused)
{
	check(syscall(SYS_gettid) != getpid());
	return unused;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 80;
	pthread_t threads[8];
	for (int done = 0; done < count; done += 8) {
		for (int i = 0; i < 8; i++)
			check(pthread_create(&threads[i], NULL, live, NULL) == 0);
		for (int i = 0; i < 8; i++)
			check(pthread_join(threads[i], NULL) == 0);
	}
	return 0;
}
