/* Forks a child that inherits a pipe and writes eight bytes to it, which the parent reads; both end by exit_group. */
#include "guest.h"

#include <sys/syscall.h>
#include <sys/wait.h>

int main(void)
{
	int ends[2], status;
	char got[8];
	check(pipe(ends) == 0);
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		check(close(ends[0]) == 0);
		check(write(ends[1], "12345678", 8) == 8);
		syscall(SYS_exit_group, 0);
	}
	check(close(ends[1]) == 0);
	check(read(ends[0], got, sizeof got) == sizeof got);
	check(memcmp(got, "12345678", sizeof got) == 0);
	check(waitpid(child, &status, 0) == child);
	check(status == 0);
	syscall(SYS_exit_group, 0);
	return 98;
}
