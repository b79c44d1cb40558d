/* Clones children that share its files, directory or signal handlers, and sees what of their changes reaches it. */
#include "guest.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { NUMBER = 77 };

static char stack[65536] __attribute__((aligned(16)));

static void handle(int signo)
{
	(void)signo;
}

static int change(void *unused)
{
	(void)unused;
	check(dup2(open("/dev/null", O_RDONLY), NUMBER) == NUMBER);
	check(chdir("/proc") == 0);
	umask(0123);
	check(signal(SIGUSR1, handle) == SIG_DFL);
	_exit(8);
}

static void share(int flags)
{
	char directory[64];
	int status;
	struct sigaction action;
	close(NUMBER);
	check(chdir("/") == 0);
	umask(022);
	signal(SIGUSR1, SIG_DFL);
	pid_t child = clone(change, stack + sizeof stack, flags | SIGCHLD, NULL);
	check(child > 0);
	check(waitpid(child, &status, 0) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 8);
	check((fcntl(NUMBER, F_GETFD) >= 0) == !!(flags & CLONE_FILES));
	check(getcwd(directory, sizeof directory) != NULL);
	check(strcmp(directory, flags & CLONE_FS ? "/proc" : "/") == 0);
	check(umask(022) == (flags & CLONE_FS ? 0123 : 022));
	check(sigaction(SIGUSR1, NULL, &action) == 0);
	check((action.sa_handler == handle) == !!(flags & CLONE_SIGHAND));
}

int main(void)
{
	share(0);
	share(CLONE_FILES);
	share(CLONE_FS);
	share(CLONE_FILES | CLONE_FS);
	share(CLONE_VM);
	share(CLONE_VM | CLONE_SIGHAND);
	share(CLONE_VM | CLONE_SIGHAND | CLONE_FILES | CLONE_FS);
	return 0;
}
