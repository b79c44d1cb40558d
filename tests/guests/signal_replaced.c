/* Raises SIGUSR2, which it does not handle; exits with 0 if it handled one SIGUSR1 instead. */
#include "guest.h"

#include <signal.h>

static volatile sig_atomic_t count;

static void handle(int signo)
{
	check(signo == SIGUSR1);
	count++;
}

int main(void)
{
	check(signal(SIGUSR1, handle) != SIG_ERR);
	raise(SIGUSR2);
	check(count == 1);
	return 0;
}
