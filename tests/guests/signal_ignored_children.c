/* With SIGCHLD ignored, children leave no zombies, and waiting for them ends with ECHILD. */
#include "guest.h"

#include <signal.h>
#include <sys/wait.h>

int main(void)
{
	check(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
	for (int i = 0; i < 5; i++) {
		pid_t child = fork();
		check(child >= 0);
		if (child == 0)
			_exit(3);
		check(waitpid(child, NULL, 0) == -1 && errno == ECHILD);
	}
	return 0;
}
