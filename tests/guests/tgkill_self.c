/* Sends itself SIGTERM a hundred times, and wants each to succeed without an effect. */
#include "guest.h"

#include <signal.h>
#include <sys/syscall.h>

int main(void)
{
	for (int i = 0; i < 100; i++)
		check(syscall(SYS_tgkill, getpid(), gettid(), SIGTERM) == 0);
	return 0;
}
