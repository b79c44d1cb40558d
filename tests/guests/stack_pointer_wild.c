/* Makes calls while its stack pointer points nowhere: getppid, uname and a fork whose child exits with 7. */
#include "guest.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>

/* Make a call of one argument with another stack pointer. The child of a clone exits with 7 at once. */
static long call_with(long number, long first, unsigned long stack_pointer)
{
	long result;
	register unsigned long pointer __asm__("r12") = stack_pointer;
	__asm__ volatile("mov %%rsp, %%rbx\n\t"
			 "mov %%rax, %%r13\n\t"
			 "mov %%r12, %%rsp\n\t"
			 "xor %%esi, %%esi\n\t xor %%edx, %%edx\n\t xor %%r10d, %%r10d\n\t xor %%r8d, %%r8d\n\t"
			 "syscall\n\t"
			 "mov %%rbx, %%rsp\n\t"
			 "cmp $56, %%r13\n\t" /* clone */
			 "jne 1f\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "mov %%r12, %%rsp\n\t"
			 "mov $7, %%edi\n\t mov $231, %%eax\n\t syscall\n\t" /* exit_group */
			 "1:"
			 : "=a"(result), "+D"(first)
			 : "a"(number), "r"(pointer)
			 : "rbx", "rcx", "rsi", "rdx", "r8", "r10", "r11", "r13", "memory", "cc");
	return result;
}

int main(void)
{
	const unsigned long wild[] = {0, 8, 0x1000, 0x7ffffffff000, 0x800000000000, 0x8000000000000000, -8ul};
	struct utsname native, found;
	int status;
	check(uname(&native) == 0);
	for (size_t i = 0; i < sizeof wild / sizeof *wild; i++) {
		check(call_with(SYS_getppid, 0, wild[i]) == getppid());
		memset(&found, 0, sizeof found);
		check(call_with(SYS_uname, (long)&found, wild[i]) == 0);
		check(memcmp(&native, &found, sizeof found) == 0);
		long child = call_with(SYS_clone, SIGCHLD, wild[i]);
		check(child > 0);
		check(waitpid(child, &status, 0) == child);
		check(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	}
	return 0;
}
