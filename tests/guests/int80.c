/* Calls getpid and write as i386 programs do, by int 0x80, from 64-bit code. Exits with 77 where the kernel cannot. */
#include "guest.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

static sigjmp_buf back;

static void give_up(int signo)
{
	(void)signo;
	siglongjmp(back, 1);
}

static long i386_call(long number, long a, long b, long c)
{
	long result;
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}

int main(void)
{
	signal(SIGSEGV, give_up);
	if (sigsetjmp(back, 1))
		return 77;
	long pid = i386_call(20, 0, 0, 0);
	if (pid == -ENOSYS)
		return 77;
	check(pid == getpid());
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	check(low != MAP_FAILED);
	strcpy(low, "i386\n");
	check(i386_call(4, 1, (long)low, 5) == 5);
	check(i386_call(6, -1, 0, 0) == -EBADF);
	return 0;
}
