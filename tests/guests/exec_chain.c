/* Execs this program again, as often as the argument says or 64 times, every other time from a thread. */
#include "guest.h"

#include <pthread.h>

static char **arguments;

static void *replace(void *left)
{
	char number[24], id[16];
	snprintf(number, sizeof number, "%ld", (long)left - 1);
	snprintf(id, sizeof id, "%d", getpid());
	execl("/proc/self/exe", arguments[0], number, id, NULL);
	die("execl");
}

int main(int argc, char **argv)
{
	pthread_t thread;
	long left = argc > 1 ? atol(argv[1]) : 64;
	arguments = argv;
	check(gettid() == getpid());
	check(argc < 3 || atoi(argv[2]) == getpid());
	if (left == 0)
		return 0;
	if (left % 2 == 0)
		replace((void *)left);
	check(pthread_create(&thread, NULL, replace, (void *)left) == 0);
	pause();
	return 1;
}
