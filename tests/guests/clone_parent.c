/* Its child clones another with CLONE_PARENT, which is this one's child too: it waits for both. */
#include "guest.h"

#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void reap(pid_t child, int code)
{
	int status;
	check(waitpid(child, &status, 0) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == code);
}

static void be_middle(pid_t first, int end)
{
	pid_t child = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
	check(child >= 0);
	if (child == 0) {
		check(syscall(SYS_getppid) == first);
		_exit(6);
	}
	check(waitpid(child, NULL, 0) == -1 && errno == ECHILD);
	check(write(end, &child, sizeof child) == sizeof child);
	_exit(5);
}

int main(void)
{
	int ends[2];
	check(pipe(ends) == 0);
	for (int i = 0; i < 5; i++) {
		pid_t first = getpid(), sibling, middle = fork();
		check(middle >= 0);
		if (middle == 0)
			be_middle(first, ends[1]);
		check(read(ends[0], &sibling, sizeof sibling) == sizeof sibling);
		reap(sibling, 6);
		reap(middle, 5);
	}
	check(waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
	return 0;
}
