/* Exits with 0 if getppid returns the argument's number, which may be negative for an errno. */
#include "guest.h"

#include <sys/syscall.h>

int main(int argc, char **argv)
{
	check(argc == 2);
	long wanted = strtol(argv[1], NULL, 0);
	long result = syscall(SYS_getppid);
	if (wanted < 0 && wanted > -4096)
		check(result == -1 && errno == -wanted);
	else
		check(result == wanted);
	return 0;
}
