/* Exits at once while its child lives on; the child ends with 5 when it has lost its parent. */
#include "guest.h"

int main(void)
{
	int ends[2];
	check(pipe(ends) == 0);
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		char byte;
		close(ends[1]);
		check(read(ends[0], &byte, 1) == 0); /* the parent held the other end */
		_exit(5);
	}
	return 0;
}
