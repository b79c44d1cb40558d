/* Asks for the time, twice, by the vsyscall page, as old static programs do. Exits with 77 where there is none. */
#include "guest.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>

static sigjmp_buf nowhere;

static void fault(int signo)
{
	siglongjmp(nowhere, signo);
}

int main(void)
{
	time_t (*vsyscall_time)(time_t *) = (time_t(*)(time_t *))0xffffffffff600400ul;
	struct timespec before, after;
	time_t stored = 0;
	signal(SIGSEGV, fault);
	if (sigsetjmp(nowhere, 1) != 0)
		return 77;
	for (int i = 0; i < 2; i++) {
		check(clock_gettime(CLOCK_REALTIME_COARSE, &before) == 0);
		time_t told = vsyscall_time(&stored);
		check(clock_gettime(CLOCK_REALTIME, &after) == 0);
		check(before.tv_sec <= told && told <= after.tv_sec && stored == told);
		check(syscall(SYS_getpid) == getpid());
	}
	return 0;
}
