/* Forks a child that forks a child, as deep as the argument says, or 20; each waits for its own. */
#include "guest.h"

#include <sys/wait.h>

static int descend(int depth)
{
	if (depth == 0)
		return 0;
	pid_t child = fork();
	check(child >= 0);
	if (child == 0)
		_exit(descend(depth - 1));
	int status;
	check(waitpid(child, &status, 0) == child);
	check(WIFEXITED(status));
	return WEXITSTATUS(status) + 1;
}

int main(int argc, char **argv)
{
	int depth = argc > 1 ? atoi(argv[1]) : 20;
	check(descend(depth) == depth);
	return 0;
}
