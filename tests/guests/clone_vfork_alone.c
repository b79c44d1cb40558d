/* Clones with CLONE_VFORK and without CLONE_VM: it goes on when the child has exited or exec'ed, and shares nothing. */
#include "guest.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static int own;
static volatile int *shared;

static void be_child(char *name, int execs)
{
	own = 1;
	for (int i = 0; i < 20; i++)
		sched_yield();
	*shared = 1;
	if (execs)
		execl("/proc/self/exe", name, "again", NULL);
	_exit(4);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return 4;
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(shared != MAP_FAILED);
	for (int execs = 0; execs < 2; execs++) {
		int status;
		*shared = 0;
		pid_t child = syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
		if (child == 0)
			be_child(argv[0], execs);
		check(child > 0);
		check(*shared == 1 && own == 0);
		check(waitpid(child, &status, 0) == child);
		check(WIFEXITED(status) && WEXITSTATUS(status) == 4);
	}
	return 0;
}
