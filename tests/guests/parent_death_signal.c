/* Children ask for a signal at their parent's death; its thread ends, or its process is killed. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static int ends[2];
static pid_t child;

static void await_signal(pid_t parent)
{
	sigset_t set;
	siginfo_t info;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	check(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	check(prctl(PR_SET_PDEATHSIG, SIGUSR1) == 0);
	check(write(ends[1], "r", 1) == 1);
	check(sigwaitinfo(&set, &info) == SIGUSR1);
	check(info.si_pid == parent && info.si_code == SI_USER);
	_exit(6);
}

static void await_kill(void)
{
	check(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
	check(write(ends[1], "r", 1) == 1);
	for (;;)
		pause();
}

static void *fork_and_end(void *unused)
{
	char byte;
	pid_t parent = getpid();
	child = fork();
	check(child >= 0);
	if (child == 0)
		await_signal(parent);
	check(read(ends[0], &byte, 1) == 1);
	return unused;
}

static void be_middle(int end)
{
	pid_t grandchild = fork();
	check(grandchild >= 0);
	if (grandchild == 0)
		await_kill();
	check(write(end, &grandchild, sizeof grandchild) == sizeof grandchild);
	pause();
}

int main(void)
{
	pthread_t thread;
	char byte;
	int status, ids[2];
	pid_t grandchild;
	check(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
	check(pipe(ends) == 0 && pipe(ids) == 0);
	check(pthread_create(&thread, NULL, fork_and_end, NULL) == 0);
	check(pthread_join(thread, NULL) == 0);
	check(waitpid(child, &status, 0) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 6);
	pid_t middle = fork();
	check(middle >= 0);
	if (middle == 0)
		be_middle(ids[1]);
	check(read(ids[0], &grandchild, sizeof grandchild) == sizeof grandchild);
	check(read(ends[0], &byte, 1) == 1);
	check(kill(middle, SIGKILL) == 0);
	check(waitpid(middle, &status, 0) == middle);
	check(waitpid(grandchild, &status, 0) == grandchild);
	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return 0;
}
