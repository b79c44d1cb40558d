/* Sends itself SIGUSR1 and prints what it gets: signal, code, sender and value. */
#include "guest.h"

#include <signal.h>

static void show(int signo, siginfo_t *info, void *context)
{
	(void)context;
	printf("signal %d code %d pid %d value %d\n", signo, info->si_code, info->si_pid, info->si_value.sival_int);
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = show, .sa_flags = SA_SIGINFO};
	check(sigaction(SIGUSR1, &action, NULL) == 0);
	check(sigaction(SIGUSR2, &action, NULL) == 0);
	check(raise(SIGUSR1) == 0);
	return 0;
}
