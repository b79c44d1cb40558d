/* Sleeps for 30 ms by clock_nanosleep, going on with what is left when its timer's signal ends the call. */
#include "guest.h"

#include <signal.h>
#include <sys/time.h>

static volatile sig_atomic_t handled;

static void handle(int signo)
{
	(void)signo;
	handled++;
}

int main(void)
{
	struct itimerval timer = {{0, 4000}, {0, 4000}}, never = {{0, 0}, {0, 0}};
	struct timespec left = {0, 30000000};
	int error, interrupted = 0;
	check(signal(SIGALRM, handle) != SIG_ERR);
	long before = milliseconds();
	check(setitimer(ITIMER_REAL, &timer, NULL) == 0);
	while ((error = clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left)) == EINTR)
		interrupted++;
	check(error == 0);
	check(setitimer(ITIMER_REAL, &never, NULL) == 0);
	check(milliseconds() - before >= 29); /* two roundings to milliseconds */
	check(interrupted <= handled);
	return 0;
}
