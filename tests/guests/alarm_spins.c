/* Installs a handler of SIGALRM by sigaction, reads it back, and spins until it has run. */
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
	struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART}, found;
	struct itimerval timer = {{0, 0}, {0, 5000}};
	sigaddset(&action.sa_mask, SIGUSR1);
	check(sigaction(SIGALRM, &action, NULL) == 0);
	check(sigaction(SIGALRM, NULL, &found) == 0);
	check(found.sa_handler == handle);
	check(found.sa_flags & SA_RESTART);
	check(sigismember(&found.sa_mask, SIGUSR1) == 1 && sigismember(&found.sa_mask, SIGUSR2) == 0);
	check(setitimer(ITIMER_REAL, &timer, NULL) == 0);
	while (!handled)
		;
	check(handled == SIGALRM);
	return 0;
}
