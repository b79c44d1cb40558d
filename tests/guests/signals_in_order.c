/* Queues real-time signals of one number while they are blocked, and gets them in their order. */
#include "guest.h"

#include <signal.h>
#include <sys/syscall.h>

enum { COUNT = 40 };
static int seen[COUNT], count;

static void keep(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	if (count < COUNT)
		seen[count++] = info->si_value.sival_int;
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = keep, .sa_flags = SA_SIGINFO};
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 3);
	check(sigaction(SIGRTMIN + 3, &action, NULL) == 0);
	check(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	for (int i = 0; i < COUNT; i++) {
		union sigval value = {.sival_int = i};
		check(sigqueue(getpid(), SIGRTMIN + 3, value) == 0);
	}
	check(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0);
	while (count < COUNT)
		syscall(SYS_getppid);
	for (int i = 0; i < COUNT; i++)
		check(seen[i] == i);
	return 0;
}
