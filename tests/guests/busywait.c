/* Runs through a billion branches, and makes no call between a clock_getres before and one after them. */
#include "guest.h"

#include <sys/syscall.h>

int main(void)
{
	struct timespec resolution;
	check(syscall(SYS_clock_getres, CLOCK_MONOTONIC, &resolution) == 0);
	for (long i = 0; i < 1200000000; i++)
		__asm__ volatile("");
	check(syscall(SYS_clock_getres, CLOCK_MONOTONIC, &resolution) == 0);
	return 0;
}
