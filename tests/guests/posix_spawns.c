/* Starts this program by posix_spawn, with a redirection and attributes; and one that is not there. */
#include "guest.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

static int be_child(pid_t parent)
{
	sigset_t set;
	check(getppid() == parent);
	check(getpgrp() == getpid());
	check(sigprocmask(SIG_BLOCK, NULL, &set) == 0);
	check(sigismember(&set, SIGUSR1) && !sigismember(&set, SIGUSR2));
	check(signal(SIGUSR2, SIG_DFL) == SIG_DFL); /* the parent ignores it */
	check(write(STDOUT_FILENO, "hello", 5) == 5);
	return 4;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return be_child(atoi(argv[1]));
	int ends[2], status;
	char parent[16], text[6] = "", *words[] = {argv[0], parent, NULL};
	pid_t child;
	sigset_t blocked, reset;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	signal(SIGUSR2, SIG_IGN);
	check(pipe2(ends, O_CLOEXEC) == 0);
	snprintf(parent, sizeof parent, "%d", getpid());
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigemptyset(&reset);
	sigaddset(&reset, SIGUSR2);
	check(posix_spawn_file_actions_init(&actions) == 0);
	check(posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO) == 0);
	check(posix_spawnattr_init(&attributes) == 0);
	check(posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
							    POSIX_SPAWN_SETSIGDEF) == 0);
	check(posix_spawnattr_setsigmask(&attributes, &blocked) == 0);
	check(posix_spawnattr_setsigdefault(&attributes, &reset) == 0);
	for (int i = 0; i < 2; i++) {
		check(posix_spawn(&child, "/proc/self/exe", &actions, &attributes, words, environ) == 0);
		check(waitpid(child, &status, 0) == child);
		check(WIFEXITED(status) && WEXITSTATUS(status) == 4);
		check(read(ends[0], text, 5) == 5 && strcmp(text, "hello") == 0);
		check(posix_spawn(&child, "/no/such/file", &actions, &attributes, words, environ) == ENOENT);
		check(waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
	}
	return 0;
}
