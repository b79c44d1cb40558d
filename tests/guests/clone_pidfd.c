/* Clones children with CLONE_PIDFD: the descriptor polls as readable when the child has ended, and waits for it. */
#include "guest.h"

#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static int ends[2];

static void follow(long child, int pidfd)
{
	char byte;
	siginfo_t info;
	struct pollfd ready = {.fd = pidfd, .events = POLLIN};
	check(child >= 0);
	if (child == 0) {
		check(read(ends[0], &byte, 1) == 1);
		_exit(6);
	}
	check(pidfd > STDERR_FILENO);
	check(poll(&ready, 1, 0) == 0);
	info.si_pid = 0;
	check(waitid(P_PIDFD, pidfd, &info, WEXITED | WNOHANG) == 0 && info.si_pid == 0);
	check(syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) == 0);
	check(write(ends[1], "e", 1) == 1);
	check(poll(&ready, 1, -1) == 1 && ready.revents & POLLIN);
	check(waitid(P_PIDFD, pidfd, &info, WEXITED) == 0);
	check(info.si_pid == child && info.si_code == CLD_EXITED && info.si_status == 6);
	check(syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) == -1 && errno == ESRCH);
	check(close(pidfd) == 0);
}

int main(void)
{
	int pidfd = -1;
	check(pipe(ends) == 0);
	long child = syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, &pidfd, 0, 0);
	follow(child, pidfd);
	pidfd = -1;
	struct clone_args args = {.flags = CLONE_PIDFD, .pidfd = (uintptr_t)&pidfd, .exit_signal = SIGCHLD};
	child = syscall(SYS_clone3, &args, sizeof args);
	follow(child, pidfd);
	pidfd = -1;
	args.exit_signal = 0;
	args.flags = CLONE_PIDFD | CLONE_VFORK; /* the child must not wait for what comes after it */
	check(write(ends[1], "e", 1) == 1);
	child = syscall(SYS_clone3, &args, sizeof args);
	if (child == 0) {
		char byte;
		check(read(ends[0], &byte, 1) == 1);
		_exit(6);
	}
	siginfo_t info;
	check(child > 0 && pidfd > STDERR_FILENO);
	check(waitid(P_PIDFD, pidfd, &info, WEXITED | __WCLONE) == 0);
	check(info.si_pid == child && info.si_status == 6);
	return 0;
}
