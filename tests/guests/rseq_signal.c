/* Is interrupted by a timer's signal in restartable sequences, which must not be gone on with behind the handler.

   A sequence that a signal interrupts is aborted before its handler runs (rseq(2)): so no handler may find the thread
   inside one. Exits with 77 where the C library has registered no area for it, and on other machines than x86-64. */
#include "guest.h"

#ifdef __x86_64__

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>
#include <ucontext.h>

#define SIGNALS 20

extern const ptrdiff_t __rseq_offset __attribute__((weak));
extern const unsigned int __rseq_size __attribute__((weak));
extern const char sequence_begin[], sequence_end[];

static volatile sig_atomic_t handled, inside, aborted;

static void handle(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)info;
	uintptr_t pc = ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
	inside += pc >= (uintptr_t)sequence_begin && pc < (uintptr_t)sequence_end;
	handled++;
}

/* Spin inside a sequence; return whether it was aborted. */
__attribute__((noinline)) static int run_sequence(char *area)
{
	int result;
	__asm__ volatile(
		".pushsection .data.rel, \"aw\"\n"
		".balign 32\n"
		"1: .long 0, 0\n" /* struct rseq_cs: version, flags, start, length, abort address */
		".quad sequence_begin, sequence_end - sequence_begin, 4f\n"
		".popsection\n"
		"leaq 1b(%%rip), %%rax\n"
		"movq %%rax, 8(%1)\n"
		"movl $2000000, %%ecx\n"
		".globl sequence_begin, sequence_end\n"
		"sequence_begin:\n"
		"2: decl %%ecx\n"
		"jnz 2b\n"
		"sequence_end:\n"
		"xorl %0, %0\n"
		"jmp 5f\n"
		".long 0x53053053\n" /* glibc's RSEQ_SIG: it must stand before the abort address */
		"4: movl $1, %0\n"
		"5:\n"
		: "=&r"(result)
		: "r"(area)
		: "rax", "rcx", "memory", "cc");
	return result;
}

int main(void)
{
	if (&__rseq_size == NULL || __rseq_size == 0)
		return 77;
	char *area = (char *)__builtin_thread_pointer() + __rseq_offset;
	struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
	check(sigaction(SIGALRM, &action, NULL) == 0);
	struct itimerval often = {{0, 2000}, {0, 2000}};
	check(setitimer(ITIMER_REAL, &often, NULL) == 0);
	while (handled < SIGNALS)
		aborted += run_sequence(area);
	check(inside == 0);
	check(aborted > 0);
	return 0;
}
#else
int main(void)
{
	return 77;
}
#endif
