/* Forks one child after the other, ten at a time, and reaps them: as many as the argument says, or 50. */
#include "guest.h"

#include <sys/wait.h>

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 50;
	for (int done = 0; done < count; done += 10) {
		for (int i = 0; i < 10; i++) {
			pid_t child = fork();
			check(child >= 0);
			if (child == 0)
				_exit(i);
		}
		int sum = 0;
		for (int i = 0; i < 10; i++) {
			int status;
			check(wait(&status) > 0);
			check(WIFEXITED(status));
			sum += WEXITSTATUS(status);
		}
		check(sum == 45);
	}
	return 0;
}
