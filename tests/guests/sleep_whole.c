/* Sleeps for 30 ms in one nanosleep, and finds that they have passed. */
#include "guest.h"

#include <sys/syscall.h>
#include <time.h>

int main(void)
{
	struct timespec start, end, time = {0, 30000000};
	check(clock_gettime(CLOCK_MONOTONIC, &start) == 0);
	check(syscall(SYS_nanosleep, &time, NULL) == 0);
	check(clock_gettime(CLOCK_MONOTONIC, &end) == 0);
	check((end.tv_sec - start.tv_sec) * 1000000000l + end.tv_nsec - start.tv_nsec >= 30000000);
	return 0;
}
