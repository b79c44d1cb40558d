/* Sleeps for a millisecond fifty times, and finds that each took no less. */
#include "guest.h"

int main(void)
{
	struct timespec pause = {0, 1000000};
	long before = milliseconds();
	for (int i = 0; i < 50; i++)
		check(nanosleep(&pause, NULL) == 0);
	check(milliseconds() - before >= 50);
	return 0;
}
