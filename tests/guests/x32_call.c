/* Calls getpid by its x32 number; most kernels have no x32 and say so. */
#include "guest.h"

#include <sys/syscall.h>

int main(void)
{
	long result = syscall(0x40000000 + SYS_getpid);
	check(result == getpid() || (result == -1 && errno == ENOSYS));
	return 0;
}
