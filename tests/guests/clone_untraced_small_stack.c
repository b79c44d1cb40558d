/* Makes an untraced child by clone3 on a stack of two kilobytes, and finds its memory below that stack as it was. */
#include "guest.h"

#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { BELOW = 32768, STACK = 2048 };

static unsigned char area[BELOW + STACK] __attribute__((aligned(16)));

/* Call clone3 on another stack; the child exits with 9 at once. */
static long clone3_on(struct clone_args *args, void *stack)
{
	long result;
	register void *pointer __asm__("r12") = stack;
	__asm__ volatile("mov %%rsp, %%rbx\n\t"
			 "mov %%r12, %%rsp\n\t"
			 "syscall\n\t"
			 "mov %%rbx, %%rsp\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "mov $9, %%edi\n\t mov $231, %%eax\n\t syscall\n\t" /* exit_group */
			 "1:"
			 : "=a"(result)
			 : "a"((long)SYS_clone3), "D"(args), "S"(sizeof *args), "r"(pointer)
			 : "rbx", "rcx", "r11", "memory", "cc");
	return result;
}

int main(void)
{
	struct clone_args args = {.flags = CLONE_UNTRACED, .exit_signal = SIGCHLD};
	int status;
	memset(area, 0xa5, sizeof area);
	long child = clone3_on(&args, area + sizeof area);
	check(child > 0);
	for (int i = 0; i < BELOW; i++)
		check(area[i] == 0xa5);
	check(waitpid(child, &status, 0) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 9);
	return 0;
}
