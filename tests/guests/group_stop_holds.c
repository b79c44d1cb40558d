/* A child that is stopped does nothing at all until it is continued; SIGTSTP stops it like SIGSTOP. */
#include "guest.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

int main(void)
{
	int ends[2], status;
	check(pipe(ends) == 0);
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		check(setpgid(0, 0) == 0); /* SIGTSTP does not stop an orphaned group, and this is none */
		signal(SIGTSTP, SIG_DFL);
		raise(SIGTSTP);
		check(write(ends[1], "x", 1) == 1);
		_exit(0);
	}
	check(waitpid(child, &status, WUNTRACED) == child);
	check(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTSTP);
	struct pollfd ready = {.fd = ends[0], .events = POLLIN};
	check(poll(&ready, 1, 50) == 0);
	check(kill(child, SIGCONT) == 0);
	check(poll(&ready, 1, 10000) == 1);
	check(waitpid(child, &status, 0) == child);
	check(status == 0);
	return 0;
}
