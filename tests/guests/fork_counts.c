/* Fifty times over, sends itself SIGCHLD and forks; parent and child count in shared memory, to a hundred.

   With an argument SIGCHLD is blocked meanwhile, and pending in the end. */
#include "guest.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

int main(int argc, char **argv)
{
	(void)argv;
	int *count = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	sigset_t set, pending;
	check(count != MAP_FAILED);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (argc > 1)
		check(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	for (int i = 0; i < 50; i++) {
		check(kill(getpid(), SIGCHLD) == 0);
		pid_t child = fork();
		check(child >= 0);
		__atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
		if (child == 0)
			_exit(0);
		int status;
		check(waitpid(child, &status, 0) == child);
		check(status == 0);
	}
	check(*count == 100);
	check(sigpending(&pending) == 0);
	check(sigismember(&pending, SIGCHLD) == (argc > 1));
	return 0;
}
