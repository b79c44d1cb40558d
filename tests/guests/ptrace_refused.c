/* Is traced, and wants to be, or to have, a tracer besides: each request is refused with EPERM, and it goes on. */
#include "guest.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#define REFUSED(request) (errno = 0, (request) == -1 && errno == EPERM)

int main(void)
{
	int status;
	check(REFUSED(ptrace(PTRACE_TRACEME, 0, 0, 0)));
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		check(REFUSED(ptrace(PTRACE_TRACEME, 0, 0, 0)));
		check(REFUSED(ptrace(PTRACE_ATTACH, getppid(), 0, 0)));
		raise(SIGUSR1);
		for (;;)
			pause();
	}
	check(REFUSED(ptrace(PTRACE_ATTACH, child, 0, 0)));
	check(REFUSED(ptrace(PTRACE_SEIZE, child, 0, 0)));
	check(ptrace(PTRACE_CONT, child, 0, 0) == -1 && errno == ESRCH);
	check(ptrace(PTRACE_ATTACH, 0, 0, 0) == -1 && errno == ESRCH);
	check(waitpid(child, &status, 0) == child);
	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1);
	return 0;
}
