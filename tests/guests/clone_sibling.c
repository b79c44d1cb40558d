/* Clones a child with CLONE_PARENT, which so is a child of this one's own parent, and exits. The child exits with 6. */
#include "guest.h"

#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

int main(void)
{
	pid_t parent = getppid();
	pid_t child = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
	check(child >= 0);
	if (child == 0) {
		check(getppid() == parent);
		_exit(6);
	}
	check(waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
	return 0;
}
