/* Asks for all of its ids, each twice and the same, and for eight random bytes; writes these to its standard output. */
#include "guest.h"

#include <sys/syscall.h>

int main(void)
{
	long calls[] = {SYS_getpid, SYS_gettid, SYS_getppid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getpgrp};
	char random[8];
	for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++)
		check(syscall(calls[i]) == syscall(calls[i]));
	check(syscall(SYS_getpid) == syscall(SYS_gettid));
	check(syscall(SYS_getrandom, random, sizeof random, 0) == sizeof random);
	check(write(STDOUT_FILENO, random, sizeof random) == sizeof random);
	return 0;
}
