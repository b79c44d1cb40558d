/* Blocks SIGVTALRM, sends it to itself, and ends by exit_group while it is pending. */
#include "guest.h"

#include <signal.h>
#include <sys/syscall.h>

int main(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGVTALRM);
	check(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	check(syscall(SYS_tgkill, getpid(), gettid(), SIGVTALRM) == 0);
	syscall(SYS_exit_group, 0);
	return 98;
}
