/* Handles its own SIGSEGV, finding the address and the code. */
#include "guest.h"

#include <setjmp.h>
#include <signal.h>

static sigjmp_buf back;
static siginfo_t seen;

static void keep(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	seen = *info;
	siglongjmp(back, 1);
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = keep, .sa_flags = SA_SIGINFO};
	check(sigaction(SIGSEGV, &action, NULL) == 0);
	for (long address = 8; address < 32; address += 8) {
		if (sigsetjmp(back, 1) == 0) {
			*(volatile int *)address = 1;
			die("no fault");
		}
		check(seen.si_signo == SIGSEGV);
		check(seen.si_code == SEGV_MAPERR);
		check(seen.si_addr == (void *)address);
	}
	return 0;
}
