/* Gets a signal that another process sent with a value, and finds the value, the sender and the code. */
#include "guest.h"

#include <signal.h>
#include <sys/wait.h>

static volatile sig_atomic_t count;
static siginfo_t seen;

static void keep(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	seen = *info;
	count++;
}

int main(int argc, char **argv)
{
	(void)argv;
	struct sigaction action = {.sa_sigaction = keep, .sa_flags = SA_SIGINFO};
	check(sigaction(SIGUSR1, &action, NULL) == 0);
	sigset_t mask, old;
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	check(sigprocmask(SIG_BLOCK, &mask, &old) == 0);
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		/* With an argument it sends another value, and somebody has to change it on the way. */
		union sigval value = {.sival_ptr = (void *)(argc > 1 ? 1 : 0x123456789abcul)};
		check(sigqueue(getppid(), SIGUSR1, value) == 0);
		_exit(0);
	}
	sigdelset(&old, SIGUSR1);
	while (count == 0)
		sigsuspend(&old);
	check(seen.si_signo == SIGUSR1);
	check(seen.si_code == SI_QUEUE);
	check(seen.si_pid == child);
	check(seen.si_uid == getuid());
	check(seen.si_value.sival_ptr == (void *)0x123456789abcul);
	int status;
	check(waitpid(child, &status, 0) == child && status == 0);
	check(count == 1);
	return 0;
}
