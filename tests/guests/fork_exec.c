/* Forks a child that execs this program again; that one knows its parent and exits with 4. */
#include "guest.h"

#include <sys/wait.h>

int main(int argc, char **argv)
{
	if (argc > 1) {
		check(getppid() == atoi(argv[1]));
		return 4;
	}
	char id[16];
	snprintf(id, sizeof id, "%d", getpid());
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		execl("/proc/self/exe", argv[0], id, NULL);
		_exit(98);
	}
	int status;
	check(waitpid(child, &status, 0) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 4);
	return 0;
}
