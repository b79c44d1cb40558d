/* Forks children that end by exit_group while their threads fork as fast as they can; and reaps them all. */
#include "guest.h"

#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static int forked;

static void *multiply(void *unused)
{
	for (;;) {
		pid_t child = fork();
		if (child == 0)
			_exit(0);
		__atomic_add_fetch(&forked, 1, __ATOMIC_RELAXED);
	}
	return unused;
}

static void be_middle(void)
{
	for (int i = 0; i < 2; i++) {
		pthread_t thread;
		check(pthread_create(&thread, NULL, multiply, NULL) == 0);
	}
	while (__atomic_load_n(&forked, __ATOMIC_RELAXED) < 3)
		usleep(50);
	syscall(SYS_exit_group, 3);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 4;
	check(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
	for (int round = 0; round < rounds; round++) {
		int status, children = 0;
		pid_t middle = fork(), child;
		check(middle >= 0);
		if (middle == 0)
			be_middle();
		check(waitpid(middle, &status, 0) == middle);
		check(WIFEXITED(status) && WEXITSTATUS(status) == 3);
		while ((child = waitpid(-1, &status, 0)) > 0) {
			check(status == 0);
			children++;
		}
		check(errno == ECHILD && children >= 3);
	}
	return 0;
}
