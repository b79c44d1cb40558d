/* Reads SIGALRM from a signalfd that is for SIGVTALRM too. */
#include "guest.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <sys/time.h>

int main(void)
{
	sigset_t set;
	struct itimerval timer = {{0, 0}, {0, 5000}};
	struct signalfd_siginfo info;
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigaddset(&set, SIGVTALRM);
	check(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	int fd = signalfd(-1, &set, SFD_CLOEXEC);
	check(fd >= 0);
	check(setitimer(ITIMER_REAL, &timer, NULL) == 0);
	check(read(fd, &info, sizeof info) == sizeof info);
	check(info.ssi_signo == SIGALRM);
	return 0;
}
