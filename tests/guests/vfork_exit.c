/* Vforks a child that touches the shared stack, changes memory that both see, and exits with 3. */
#include "guest.h"

#include <sys/wait.h>
#include <time.h>

static volatile int touched;

int main(void)
{
	pid_t child = vfork();
	check(child >= 0);
	if (child == 0) {
		struct timespec pause = {0, 1000000};
		nanosleep(&pause, NULL);
		touched = 1;
		_exit(3);
	}
	check(touched == 1);
	int status;
	check(waitpid(child, &status, 0) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	return 0;
}
