/* Spins without a system call until its interval timer's third SIGPROF. */
#include "guest.h"

#include <signal.h>
#include <sys/time.h>

static volatile sig_atomic_t count;

static void handle(int signo)
{
	(void)signo;
	count++;
}

int main(void)
{
	struct itimerval timer = {{0, 5000}, {0, 5000}};
	check(signal(SIGPROF, handle) != SIG_ERR);
	check(setitimer(ITIMER_PROF, &timer, NULL) == 0);
	while (count < 3)
		;
	return 0;
}
