/* Forbids itself all system calls by syscall user dispatch, and is interrupted by a signal meanwhile.

   Only calls of its own could bring it a SIGSYS, and it makes none. Exits with 77 where the kernel cannot. */
#include "guest.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/time.h>

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#define PR_SYS_DISPATCH_ON 1
#endif

enum { ALLOW, BLOCK }; /* SYSCALL_DISPATCH_FILTER_ALLOW and _BLOCK, linux/prctl.h */

static volatile char selector = ALLOW;
static volatile sig_atomic_t alarms, refused;

static void handle(int signo)
{
	if (signo == SIGSYS)
		refused++;
	else
		alarms++;
	selector = ALLOW; /* the return from here is a call as well */
}

int main(void)
{
	struct sigaction action = {.sa_handler = handle};
	check(sigaction(SIGALRM, &action, NULL) == 0);
	check(sigaction(SIGSYS, &action, NULL) == 0);
	if (prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, 0, 0, &selector) != 0)
		return 77;
	struct itimerval soon = {{0, 0}, {0, 2000}};
	check(setitimer(ITIMER_REAL, &soon, NULL) == 0);
	selector = BLOCK;
	while (selector == BLOCK)
		;
	check(alarms == 1);
	check(refused == 0);
	return 0;
}
