/* Asks for seccomp's strict mode, then writes and exits in it. Exits with 22 (EINVAL) if it has filters already. */
#include "guest.h"

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

int main(void)
{
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) {
		check(prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER);
		return errno;
	}
	check(write(STDOUT_FILENO, "strict\n", 7) == 7);
	syscall(SYS_exit, 0);
	return 1;
}
