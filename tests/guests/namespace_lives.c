/* In a pid namespace: init and its children know each other by inner ids, in calls, signals and waits; then nested.

   Exits with 77 where it may not make user and pid namespaces. */
#include "guest.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static volatile sig_atomic_t handled, sender, code;

static void handle(int signo, siginfo_t *info, void *unused)
{
	(void)unused;
	handled = signo;
	sender = info->si_pid;
	code = info->si_code;
}

static void expect(int signo, pid_t from, int how)
{
	check(handled == signo && sender == from && code == how);
	handled = sender = code = 0;
}

static void reap(pid_t child, int wanted)
{
	int status;
	check(waitpid(child, &status, 0) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == wanted);
}

static void *signal_itself(void *unused)
{
	check(gettid() == 3 && getpid() == 1);
	check(syscall(SYS_tgkill, 1, 3, SIGUSR1) == 0);
	expect(SIGUSR1, 1, SI_TKILL);
	return unused;
}

static void be_second(char *name)
{
	check(getpid() == 2 && getppid() == 1 && gettid() == 2);
	check(raise(SIGUSR1) == 0);
	expect(SIGUSR1, 2, SI_TKILL);
	check(kill(1, SIGUSR2) == 0);
	execl("/proc/self/exe", name, "second", NULL);
	die("execl");
}

static void be_init(char *name, int depth, int end)
{
	pthread_t thread;
	sigset_t set;
	siginfo_t info;
	check(getpid() == 1 && getppid() == 0 && gettid() == 1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	check(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	pid_t child = fork();
	if (child == 0)
		be_second(name);
	check(child == 2);
	check(sigwaitinfo(&set, &info) == SIGUSR2);
	check(info.si_pid == 2 && info.si_code == SI_USER);
	reap(child, 4);
	expect(SIGCHLD, 2, CLD_EXITED);
	check(pthread_create(&thread, NULL, signal_itself, NULL) == 0);
	check(pthread_join(thread, NULL) == 0);
	if (depth > 0) {
		child = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
		if (child == 0) {
			be_init(name, depth - 1, -1);
			_exit(9);
		}
		check(child == 4);
		reap(child, 9);
	}
	if (end >= 0) {
		/* Before the signal from outside, say that the handler is there. */
		check(sigprocmask(SIG_BLOCK, NULL, &set) == 0);
		sigaddset(&set, SIGUSR1);
		check(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
		check(write(end, "r", 1) == 1);
		sigemptyset(&set);
		check(sigsuspend(&set) == -1 && errno == EINTR);
		expect(SIGUSR1, 0, SI_USER);
	}
}

int main(int argc, char **argv)
{
	int ends[2];
	char byte;
	struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_RESTART};
	if (argc > 1) {
		check(getpid() == 2 && getppid() == 1);
		return 4;
	}
	check(sigaction(SIGUSR1, &action, NULL) == 0);
	check(sigaction(SIGCHLD, &action, NULL) == 0);
	check(pipe(ends) == 0);
	pid_t child = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
	if (child == -1)
		return 77;
	if (child == 0) {
		be_init(argv[0], 2, ends[1]);
		_exit(9);
	}
	check(read(ends[0], &byte, 1) == 1);
	check(kill(child, SIGUSR1) == 0);
	reap(child, 9);
	expect(SIGCHLD, child, CLD_EXITED);
	if (unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0)
		return 77;
	child = fork();
	if (child == 0) {
		be_init(argv[0], 0, -1);
		_exit(9);
	}
	reap(child, 9);
	return 0;
}
