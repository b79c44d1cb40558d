/* Dies as its argument says: segv, abort, or of the signal with that number. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

int main(int argc, char **argv)
{
	struct rlimit none = {0, 0};
	check(argc == 2);
	check(setrlimit(RLIMIT_CORE, &none) == 0);
	if (strcmp(argv[1], "segv") == 0)
		*(volatile int *)8 = 1;
	if (strcmp(argv[1], "abort") == 0)
		abort();
	kill(getpid(), atoi(argv[1]));
	pause();
	return 98;
}
