/* Makes a thread by the bare clone, without the C library knowing of it. */
#include "guest.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>

static int cleared = 1;
static int pid_seen, tid_seen;

static int live(void *unused)
{
	(void)unused;
	pid_seen = syscall(SYS_getpid);
	tid_seen = syscall(SYS_gettid);
	syscall(SYS_exit, 0);
	return 0;
}

int main(void)
{
	size_t size = 65536;
	char *stack = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(stack != MAP_FAILED);
	int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
		    CLONE_CHILD_CLEARTID;
	int tid = clone(live, stack + size, flags, NULL, NULL, NULL, &cleared);
	check(tid > 0);
	while (__atomic_load_n(&cleared, __ATOMIC_ACQUIRE) == 1)
		syscall(SYS_futex, &cleared, FUTEX_WAIT, 1, NULL, NULL, 0);
	check(pid_seen == getpid());
	check(tid_seen == tid);
	return 0;
}
