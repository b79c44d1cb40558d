/* Calls getppid a few times and exits with the number of SIGUSR1 and SIGUSR2 that it handled. */
#include "guest.h"

#include <signal.h>
#include <sys/syscall.h>

static volatile sig_atomic_t count;

static void handle(int signo)
{
	(void)signo;
	count++;
}

int main(void)
{
	check(signal(SIGUSR1, handle) != SIG_ERR);
	check(signal(SIGUSR2, handle) != SIG_ERR);
	for (int i = 0; i < 3; i++)
		check(syscall(SYS_getppid) >= 0);
	return count;
}
