/* Unblocks SIGALRM and SIGVTALRM, which were blocked, and spins until its timer's SIGALRM has been handled. */
#include "guest.h"

#include <signal.h>
#include <sys/time.h>

static volatile sig_atomic_t handled;

static void handle(int signo)
{
	handled = signo;
}

int main(void)
{
	struct itimerval timer = {{0, 0}, {0, 5000}};
	sigset_t set, old;
	check(signal(SIGALRM, handle) != SIG_ERR);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigaddset(&set, SIGVTALRM);
	check(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	check(sigprocmask(SIG_UNBLOCK, &set, &old) == 0);
	check(sigismember(&old, SIGALRM) == 1 && sigismember(&old, SIGVTALRM) == 1);
	check(setitimer(ITIMER_REAL, &timer, NULL) == 0);
	while (!handled)
		;
	check(handled == SIGALRM);
	return 0;
}
