/* A child sends a thousand queued signals, which all arrive, while the parent calls getppid as fast as it can. */
#include "guest.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static volatile sig_atomic_t count, sum;

static void keep(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	sum += info->si_value.sival_int;
	count++;
}

int main(int argc, char **argv)
{
	int wanted = argc > 1 ? atoi(argv[1]) : 200;
	struct sigaction action = {.sa_sigaction = keep, .sa_flags = SA_SIGINFO | SA_RESTART};
	check(sigaction(SIGRTMIN, &action, NULL) == 0);
	pid_t parent = getpid(), above = getppid(), child = fork();
	check(child >= 0);
	if (child == 0) {
		for (int i = 0; i < wanted; i++) {
			union sigval value = {.sival_int = i};
			while (sigqueue(parent, SIGRTMIN, value) == -1)
				check(errno == EAGAIN);
		}
		_exit(0);
	}
	while (count < wanted)
		check(syscall(SYS_getppid) == above);
	check(sum == wanted * (wanted - 1) / 2);
	int status;
	check(waitpid(child, &status, 0) == child && status == 0);
	return 0;
}
