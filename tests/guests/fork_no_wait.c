/* Sleeps for 900 s; its child execs and ends, and the handler of that SIGCHLD, with SA_RESTART, says so and ends all. */
#include "guest.h"

#include <signal.h>

static void handle(int signo)
{
	check(signo == SIGCHLD);
	check(write(STDOUT_FILENO, "child ended\n", 12) == 12);
	_exit(0);
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
	struct timespec pause = {900, 0};
	if (argc > 1) {
		await_state(atoi(argv[1]), 'S');
		return 0;
	}
	char id[16];
	snprintf(id, sizeof id, "%d", getpid());
	check(sigaction(SIGCHLD, &action, NULL) == 0);
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		execl("/proc/self/exe", argv[0], id, NULL);
		_exit(98);
	}
	nanosleep(&pause, NULL);
	return 98;
}
