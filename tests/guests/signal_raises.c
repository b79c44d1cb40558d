/* Raises the signal of the argument, or SIGUSR1, three times, with a handler that counts, and between calls that work. */
#include "guest.h"

#include <signal.h>
#include <sys/syscall.h>

static volatile sig_atomic_t count;

static void handle(int signo)
{
	(void)signo;
	count++;
	check(syscall(SYS_getuid) == getuid());
}

int main(int argc, char **argv)
{
	int signo = argc > 1 ? atoi(argv[1]) : SIGUSR1;
	int expected = argc > 2 ? atoi(argv[2]) : 3;
	check(signal(signo, handle) != SIG_ERR);
	for (int i = 0; i < 3; i++) {
		check(raise(signo) == 0);
		check(syscall(SYS_getppid) == getppid());
	}
	check(count == expected);
	return 0;
}
