/* Joins bare threads by the word that the kernel clears and wakes at a thread's end; one has named another word. */
#include "guest.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>

static int given, named;

static int live(void *renames)
{
	if (renames)
		syscall(SYS_set_tid_address, &named);
	syscall(SYS_sched_yield);
	syscall(SYS_exit, 0);
	return 0;
}

static void join(int *word)
{
	int tid;
	while ((tid = __atomic_load_n(word, __ATOMIC_ACQUIRE)) != 0)
		syscall(SYS_futex, word, FUTEX_WAIT, tid, NULL, NULL, 0);
}

int main(void)
{
	size_t size = 65536;
	char *stack = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(stack != MAP_FAILED);
	int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
		    CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
	for (int i = 0; i < 10; i++) {
		int told = 0, renames = i & 1;
		named = 1;
		int tid = clone(live, stack + size, flags, renames ? &given : NULL, &told, NULL, &given);
		check(tid > 0 && told == tid);
		join(renames ? &named : &given);
		check(renames ? given == tid : named == 1);
		while (syscall(SYS_tgkill, getpid(), tid, 0) == 0)
			sched_yield(); /* its stack is free when its id is */
	}
	return 0;
}
