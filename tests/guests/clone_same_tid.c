/* Makes a child, and others one after the other with the same id, in the pid namespace that it is in.

   Exits with 77 where it may not choose an id: that needs CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE. */
#include "guest.h"

#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 10, status;
	pid_t wanted = 0;
	struct clone_args args = {.exit_signal = SIGCHLD};
	for (int i = 0; i < rounds; i++) {
		if (i > 0) {
			args.set_tid = (uintptr_t)&wanted;
			args.set_tid_size = 1;
		}
		long child = syscall(SYS_clone3, &args, sizeof args);
		if (child == 0) {
			check(i == 0 || getpid() == wanted);
			_exit(i);
		}
		if (child == -1 && errno == EPERM)
			return 77;
		check(child > 0 && (i == 0 || child == wanted));
		wanted = child;
		check(waitpid(child, &status, 0) == child);
		check(WIFEXITED(status) && WEXITSTATUS(status) == i);
	}
	return 0;
}
