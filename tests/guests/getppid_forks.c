/* Takes the result of getppid for that of a fork; the child exits with 5, and the parent waits for it. */
#include "guest.h"

#include <sys/syscall.h>
#include <sys/wait.h>

int main(void)
{
	pid_t self = getpid();
	long child = syscall(SYS_getppid);
	if (child == 0) {
		check(syscall(SYS_getppid) == self);
		_exit(5);
	}
	check(syscall(SYS_getpid) == self);
	int status;
	check(waitpid(child, &status, __WALL) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 5);
	return 0;
}
