/* Calls getpid, getuid, getppid, getgid and getpid again, bare. */
#include "guest.h"

#include <sys/syscall.h>

int main(void)
{
	check(syscall(SYS_getpid) == getpid());
	syscall(SYS_getuid);
	syscall(SYS_getppid);
	syscall(SYS_getgid);
	check(syscall(SYS_getpid) == getpid());
	return 0;
}
