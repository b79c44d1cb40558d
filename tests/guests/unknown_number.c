/* Calls numbers that no kernel has, and is told so. */
#include "guest.h"

#include <sys/syscall.h>

int main(void)
{
	check(syscall(1999, 1, 2, 3, 4, 5, 6) == -1 && errno == ENOSYS);
	check(syscall(0x3fff0000) == -1 && errno == ENOSYS);
	return 0;
}
