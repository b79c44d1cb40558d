/* As the init of a pid namespace it makes processes with ids that it chooses, and the same again when one has ended.

   Exits with 77 where it may not make user and pid namespaces. */
#include "guest.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static long make(pid_t wanted)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&wanted, .set_tid_size = 1};
	return syscall(SYS_clone3, &args, sizeof args);
}

static void be_init(void)
{
	int status;
	for (pid_t wanted = 500; wanted > 400; wanted -= 20) {
		for (int again = 0; again < 2; again++) {
			long child = make(wanted);
			if (child == 0) {
				check(getpid() == wanted && gettid() == wanted && getppid() == 1);
				check(make(wanted) == -1 && errno == EEXIST);
				_exit(6);
			}
			check(child == wanted);
			check(waitpid(wanted, &status, 0) == wanted);
			check(WIFEXITED(status) && WEXITSTATUS(status) == 6);
		}
	}
	check(make(1) == -1 && errno == EEXIST);
	check(make(0) == -1 && errno == EINVAL);
	_exit(8);
}

int main(void)
{
	int status;
	pid_t child = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
	if (child == -1)
		return 77;
	if (child == 0)
		be_init();
	check(waitpid(child, &status, 0) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 8);
	return 0;
}
