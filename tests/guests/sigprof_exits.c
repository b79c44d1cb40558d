/* Spins for ever, until the handler of its interval timer's SIGPROF ends it by exit_group. */
#include "guest.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>

static void handle(int signo)
{
	check(signo == SIGPROF);
	syscall(SYS_exit_group, 0);
}

int main(void)
{
	struct itimerval timer = {{0, 0}, {0, 20000}};
	check(signal(SIGPROF, handle) != SIG_ERR);
	check(setitimer(ITIMER_PROF, &timer, NULL) == 0);
	for (;;)
		__asm__ volatile("");
}
