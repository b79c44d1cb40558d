/* Asks for its ids through the C library and by syscall instructions of its own, and is told the same. */
#include "guest.h"

#include <sys/syscall.h>

static long bare(long number)
{
	long result;
	__asm__ volatile("syscall" : "=a"(result) : "0"(number) : "rcx", "r11", "memory");
	return result;
}

int main(void)
{
	check(bare(SYS_getpid) == getpid());
	check(bare(SYS_gettid) == gettid());
	check(bare(SYS_getppid) == getppid());
	check(bare(SYS_getuid) == (long)getuid());
	check(bare(SYS_getgid) == (long)getgid());
	return 0;
}
