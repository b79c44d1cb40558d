/* Is a subreaper: it gets, and reaps, the children of a child that exits and of one that is killed by SIGKILL. */
#include "guest.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { ORPHANS = 3 };

static void be_orphan(pid_t reaper, int gate)
{
	char byte;
	check(read(gate, &byte, 1) == 1);
	check(getppid() == reaper);
	_exit(5);
}

static void be_middle(pid_t reaper, int gate, int end)
{
	for (int i = 0; i < ORPHANS; i++) {
		pid_t child = fork();
		check(child >= 0);
		if (child == 0)
			be_orphan(reaper, gate);
	}
	check(write(end, "r", 1) == 1);
	pause();
}

int main(void)
{
	pid_t self = getpid();
	check(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
	signal(SIGTERM, _exit);
	for (int round = 0; round < 2; round++) {
		int gate[2], ends[2], status, signo = round ? SIGKILL : SIGTERM;
		char byte;
		check(pipe(gate) == 0 && pipe(ends) == 0);
		pid_t middle = fork();
		check(middle >= 0);
		if (middle == 0)
			be_middle(self, gate[0], ends[1]);
		check(read(ends[0], &byte, 1) == 1);
		check(waitpid(-1, NULL, WNOHANG) == 0);
		check(kill(middle, signo) == 0);
		check(waitpid(middle, &status, 0) == middle);
		check(round ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == SIGTERM);
		check(write(gate[1], "ggg", ORPHANS) == ORPHANS); /* they are ours: the middle one is reaped */
		for (int i = 0; i < ORPHANS; i++) {
			check(waitpid(-1, &status, 0) > 0);
			check(WIFEXITED(status) && WEXITSTATUS(status) == 5);
		}
		check(waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
	}
	return 0;
}
