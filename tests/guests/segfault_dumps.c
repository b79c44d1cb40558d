/* Writes to address 8, or reads from it, with core files as large as they may be. */
#include "guest.h"

#include <sys/resource.h>

int main(int argc, char **argv)
{
	struct rlimit size;
	volatile int *nowhere = (volatile int *)8;
	check(argc == 2);
	check(getrlimit(RLIMIT_CORE, &size) == 0);
	size.rlim_cur = size.rlim_max;
	check(setrlimit(RLIMIT_CORE, &size) == 0);
	if (strcmp(argv[1], "write") == 0)
		*nowhere = 1;
	return *nowhere;
}
