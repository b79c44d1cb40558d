/* Many times over, forks a child that execs itself without end, and kills it by SIGKILL meanwhile. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static char **arguments;

static void *replace(void *unused)
{
	execl("/proc/self/exe", arguments[0], "chain", arguments[2], NULL);
	die("execl");
	return unused;
}

static void go_on(char **argv)
{
	pthread_t thread;
	arguments = argv;
	if (strcmp(argv[2], "leader") == 0)
		replace(NULL);
	check(pthread_create(&thread, NULL, replace, NULL) == 0);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	if (argc > 2)
		go_on(argv);
	int rounds = argc > 1 ? atoi(argv[1]) : 12;
	for (int round = 0; round < rounds; round++) {
		int ends[2], status;
		char byte;
		check(pipe(ends) == 0);
		pid_t child = fork();
		check(child >= 0);
		if (child == 0) {
			check(write(ends[1], "r", 1) == 1);
			execl("/proc/self/exe", argv[0], "chain", round % 2 ? "leader" : "thread", NULL);
			die("execl");
		}
		check(read(ends[0], &byte, 1) == 1);
		usleep(round * 1379 % 8000);
		check(kill(child, SIGKILL) == 0);
		check(waitpid(child, &status, 0) == child);
		check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		close(ends[0]);
		close(ends[1]);
	}
	return 0;
}
