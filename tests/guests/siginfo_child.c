/* Gets SIGCHLD for a child that exited and for one that was killed, with pid, code and status. */
#include "guest.h"

#include <signal.h>
#include <sys/wait.h>

static void expect(pid_t child, int code, int status)
{
	sigset_t set;
	siginfo_t info;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	check(sigwaitinfo(&set, &info) == SIGCHLD);
	check(info.si_pid == child);
	check(info.si_code == code);
	check(info.si_status == status);
	check(waitpid(child, NULL, 0) == child);
}

static volatile sig_atomic_t handled;
static siginfo_t seen;

static void keep(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	seen = *info;
	handled++;
}

int main(void)
{
	sigset_t set, old;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	check(sigprocmask(SIG_BLOCK, &set, &old) == 0);
	pid_t child = fork();
	if (child == 0)
		_exit(9);
	expect(child, CLD_EXITED, 9);
	child = fork();
	if (child == 0) {
		pause();
		_exit(1);
	}
	check(kill(child, SIGKILL) == 0);
	expect(child, CLD_KILLED, SIGKILL);

	struct sigaction action = {.sa_sigaction = keep, .sa_flags = SA_SIGINFO};
	check(sigaction(SIGCHLD, &action, NULL) == 0);
	child = fork();
	if (child == 0)
		_exit(8);
	while (!handled)
		sigsuspend(&old);
	check(seen.si_pid == child);
	check(seen.si_code == CLD_EXITED);
	check(seen.si_status == 8);
	check(waitpid(child, NULL, 0) == child);
	return 0;
}
