/* Vforks children whose execs fail: one exits with 7, and one execs this program after all, which exits with 4. */
#include "guest.h"

#include <sys/wait.h>

static volatile int first_error, second_error;

int main(int argc, char **argv)
{
	if (argc > 1)
		return 4;
	for (volatile int succeeds = 0; succeeds < 2; succeeds++) {
		int status;
		pid_t child = vfork();
		check(child >= 0);
		if (child == 0) {
			execl("/no/such/file", argv[0], NULL);
			first_error = errno;
			execl("/dev/null", argv[0], NULL);
			second_error = errno;
			if (succeeds)
				execl("/proc/self/exe", argv[0], "again", NULL);
			_exit(7);
		}
		check(first_error == ENOENT && second_error == EACCES);
		check(waitpid(child, &status, 0) == child);
		check(WIFEXITED(status) && WEXITSTATUS(status) == (succeeds ? 4 : 7));
		first_error = second_error = 0;
	}
	return 0;
}
