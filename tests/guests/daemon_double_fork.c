/* Becomes a daemon by forking twice; the daemon ends with 6 when both ancestors are gone. */
#include "guest.h"

#include <sys/wait.h>

int main(void)
{
	int ends[2];
	check(pipe(ends) == 0);
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		check(setsid() == getpid());
		pid_t grandchild = fork();
		check(grandchild >= 0);
		if (grandchild > 0)
			_exit(0);
		char byte;
		close(ends[1]);
		check(read(ends[0], &byte, 1) == 0);
		_exit(6);
	}
	int status;
	check(waitpid(child, &status, 0) == child);
	check(status == 0);
	return 0;
}
