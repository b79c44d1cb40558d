/* Queues twelve real-time signals while they are blocked, and gets all of them, in order, with their values. */
#include "guest.h"

#include <signal.h>

static volatile sig_atomic_t count;
static volatile int numbers[12], values[12];

static void keep(int signo, siginfo_t *info, void *context)
{
	(void)context;
	if (count < 12) {
		numbers[count] = signo;
		values[count] = info->si_value.sival_int;
	}
	count++;
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = keep, .sa_flags = SA_SIGINFO};
	sigset_t set, old;
	sigemptyset(&set);
	sigfillset(&action.sa_mask); /* one handler at a time, so that their order is the signals' */
	for (int i = 0; i < 3; i++) {
		check(sigaction(SIGRTMIN + i, &action, NULL) == 0);
		sigaddset(&set, SIGRTMIN + i);
	}
	check(sigprocmask(SIG_BLOCK, &set, &old) == 0);
	for (int i = 0; i < 12; i++) {
		union sigval value = {.sival_int = i};
		check(sigqueue(getpid(), SIGRTMIN + 2 - i % 3, value) == 0);
	}
	check(count == 0);
	check(sigprocmask(SIG_SETMASK, &old, NULL) == 0);
	check(count == 12);
	for (int i = 0; i < 12; i++) {
		/* the lowest number first, and those of one number as they were sent */
		check(numbers[i] == SIGRTMIN + i / 4);
		check(values[i] == 2 - i / 4 + i % 4 * 3);
	}
	return 0;
}
