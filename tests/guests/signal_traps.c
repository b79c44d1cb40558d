/* Handles SIGTRAP from int3, where rip is behind the instruction, and from raise. */
#include "guest.h"

#include <signal.h>
#include <ucontext.h>

static volatile sig_atomic_t count;
static volatile siginfo_t seen;
static volatile unsigned long rip;

static void keep(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	seen = *info;
	rip = ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
	count++;
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = keep, .sa_flags = SA_SIGINFO};
	unsigned long after;
	check(sigaction(SIGTRAP, &action, NULL) == 0);
	__asm__ volatile("lea 1f(%%rip), %0\n\tint3\n1:" : "=r"(after) : : "memory");
	check(count == 1);
	check(seen.si_code == SI_KERNEL);
	check(rip == after);
	check(raise(SIGTRAP) == 0);
	check(count == 2);
	check(seen.si_code == SI_TKILL);
	return 0;
}
