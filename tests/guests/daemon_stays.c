/* Forks a child that never ends, and exits 3 when the child has called getppid. */
#include "guest.h"

int main(void)
{
	int ends[2];
	char byte;
	check(pipe(ends) == 0);
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		getppid();
		check(write(ends[1], "x", 1) == 1);
		for (;;)
			pause();
	}
	check(read(ends[0], &byte, 1) == 1);
	return 3;
}
