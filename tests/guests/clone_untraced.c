/* Makes children that nobody is to trace, by clone and by clone3; each makes some calls and exits with 9. */
#include "guest.h"

#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void expect_nine(pid_t child)
{
	int status;

	if (child == 0) {
		if (syscall(SYS_getppid) <= 0 || access("/", F_OK) != 0)
			_exit(1);
		_exit(9);
	}
	check(child > 0);
	check(waitpid(child, &status, 0) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 9);
}

int main(void)
{
	struct clone_args args = { .flags = CLONE_UNTRACED, .exit_signal = SIGCHLD };

	expect_nine(syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0));
	expect_nine(syscall(SYS_clone3, &args, sizeof args));
	check(args.flags == CLONE_UNTRACED);
	return 0;
}
