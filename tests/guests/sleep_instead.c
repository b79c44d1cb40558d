/* Reads a byte from a pipe while its child first sends a signal and then the byte: handled, handled with SA_RESTART, or ignored. */
#include "guest.h"

#include <signal.h>
#include <sys/wait.h>

static void handle(int signo)
{
	(void)signo;
}

int main(int argc, char **argv)
{
	int ends[2], status;
	char byte = 0;
	check(argc == 2);
	struct sigaction action = {.sa_handler = handle};
	if (strcmp(argv[1], "ignored") == 0)
		action.sa_handler = SIG_IGN;
	if (strcmp(argv[1], "restart") == 0)
		action.sa_flags = SA_RESTART;
	check(sigaction(SIGUSR1, &action, NULL) == 0);
	check(pipe(ends) == 0);
	pid_t parent = getpid(), child = fork();
	check(child >= 0);
	if (child == 0) {
		await_state(parent, 'S');
		check(kill(parent, SIGUSR1) == 0);
		usleep(1000);
		await_state(parent, 'S');
		check(write(ends[1], "x", 1) == 1);
		_exit(0);
	}
	long got = read(ends[0], &byte, 1);
	if (got < 0) {
		/* A sleep that is interrupted fails with EINTR when a handler runs, whatever SA_RESTART says. */
		check(errno == EINTR && action.sa_handler == handle);
		got = read(ends[0], &byte, 1);
	}
	check(got == 1 && byte == 'x');
	check(waitpid(child, &status, 0) == child && status == 0);
	return 0;
}
