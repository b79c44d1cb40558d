/* Makes itself unreadable to others, names who may trace it, gives up new privileges, and finds each as it set it. */
#include "guest.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

int main(void)
{
	char name[16] = "";
	int status, traceable = prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	check(traceable == 0 || errno == EINVAL); /* without Yama there is no such call */
	check(prctl(PR_SET_NAME, "renamed") == 0);
	check(prctl(PR_GET_NAME, name) == 0 && strcmp(name, "renamed") == 0);
	check(prctl(PR_GET_DUMPABLE) == 1);
	check(prctl(PR_SET_DUMPABLE, 0) == 0);
	check(prctl(PR_GET_DUMPABLE) == 0);
	check(access("/", F_OK) == 0);
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		check(prctl(PR_GET_DUMPABLE) == 0);
		check(open("/no/such/file", O_RDONLY) == -1 && errno == ENOENT);
		_exit(7);
	}
	check(waitpid(child, &status, 0) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	check(prctl(PR_SET_DUMPABLE, 1) == 0);
	check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	check(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	return 0;
}
