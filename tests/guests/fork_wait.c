/* Forks a child that exits with 7, and waits for it. */
#include "guest.h"

#include <sys/wait.h>

int main(void)
{
	pid_t parent = getpid();
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		check(getpid() != parent);
		check(getppid() == parent);
		_exit(7);
	}
	int status;
	check(waitpid(child, &status, 0) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	check(waitpid(-1, &status, 0) == -1 && errno == ECHILD);
	return 0;
}
