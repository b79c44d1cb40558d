/* Sends itself a blocked signal: it is pending, is not handled, and sigtimedwait takes it. */
#include "guest.h"

#include <signal.h>
#include <time.h>

static volatile sig_atomic_t count;

static void handle(int signo)
{
	(void)signo;
	count++;
}

int main(void)
{
	sigset_t set, pending;
	struct timespec second = {1, 0};
	check(signal(SIGUSR1, handle) != SIG_ERR);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	check(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	check(raise(SIGUSR1) == 0);
	check(sigpending(&pending) == 0);
	check(sigismember(&pending, SIGUSR1) == 1);
	check(count == 0);
	check(sigtimedwait(&set, NULL, &second) == SIGUSR1);
	check(sigpending(&pending) == 0);
	check(sigismember(&pending, SIGUSR1) == 0);
	check(raise(SIGUSR1) == 0);
	check(count == 0);
	check(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0);
	check(count == 1);
	return 0;
}
