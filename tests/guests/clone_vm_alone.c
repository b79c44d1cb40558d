/* Clones processes that share its memory and are no threads; they and it run at once, and hand a number to and fro. */
#include "guest.h"

#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static char stack[65536] __attribute__((aligned(16)));
static int turn; /* even: the parent's; odd: the child's */

static void await_and_pass(int mine)
{
	int seen;
	while (((seen = __atomic_load_n(&turn, __ATOMIC_ACQUIRE)) & 1) != mine)
		syscall(SYS_futex, &turn, FUTEX_WAIT, seen, NULL, NULL, 0);
	__atomic_store_n(&turn, seen + 1, __ATOMIC_RELEASE);
	syscall(SYS_futex, &turn, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static int be_child(void *parent)
{
	check(syscall(SYS_getppid) == *(pid_t *)parent);
	check(syscall(SYS_getpid) == syscall(SYS_gettid));
	for (int i = 0; i < 20; i++)
		await_and_pass(1);
	_exit(6);
}

int main(void)
{
	pid_t self = getpid();
	for (int with_handlers = 0; with_handlers < 2; with_handlers++) {
		int status, flags = CLONE_VM | (with_handlers ? CLONE_SIGHAND : 0);
		turn = 0;
		pid_t child = clone(be_child, stack + sizeof stack, flags | SIGCHLD, &self);
		check(child > 0);
		for (int i = 0; i < 20; i++)
			await_and_pass(0);
		check(waitpid(child, &status, 0) == child);
		check(WIFEXITED(status) && WEXITSTATUS(status) == 6);
		check(turn == 40);
	}
	return 0;
}
