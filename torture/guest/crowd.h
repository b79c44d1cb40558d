/* A crowd: threads that never end by themselves, for a process that ends, execs or is stopped meanwhile. */
#ifndef TORTURE_CROWD_H
#define TORTURE_CROWD_H

#include "births.h"

enum {
	IN_FUTEX,
	IN_READ,
	IN_SLEEP,
	IN_PAUSE,
	SPINS,
	CALLS,
	FORKS,
	CLONES,
	SIGNALS_ITSELF,
	VFORKS,
	NAPS,
	WAITS,
	EXECS_NOTHING,
	MAPS,
	CROWD_KINDS
};

struct member {
	struct thread thread;
	struct step step;
	int kind;
	int signo;
	atomic_int *ready;
	atomic_int word;
};

static void end_thread(void *unused)
{
	(void)unused;
	leave_thread(0);
}

static void end_process(void *unused)
{
	(void)unused;
	leave(0);
}

static void clone_one(const struct step *s, char *stack, atomic_int *tid)
{
	unsigned long flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM
			      | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
	long made = clone_on(flags, stack + STACK_BYTES, tid, end_thread, 0);
	/* As long as another thread execs, nobody may share its directory and umask: copy_fs, kernel/fork.c. */
	want_true(made > 0 || made == -EAGAIN);
	int found;
	while ((found = atomic_load(tid)))
		futex(tid, FUTEX_WAIT, found, 0);
}

static void vfork_one(const struct step *s, char *stack)
{
	long pid = clone_on(CLONE_VM | CLONE_VFORK | SIGCHLD, stack + STACK_BYTES, 0, end_process, 0);
	want_born(pid);
	want(wait_for(s, pid, 0), 0);
}

static void fork_one(const struct step *s)
{
	long pid = child_of(s, BY_FORK);
	if (pid == 0)
		leave(0);
	want(wait_for(s, pid, 0), 0);
}

static void wait_for_one_that_pauses(const struct step *s)
{
	long me = sys(SYS_getpid), pid = child_of(s, BY_CLONE);
	if (pid == 0) {
		die_with(me);
		for (;;)
			sys(SYS_pause);
	}
	sys(SYS_wait4, pid, 0, 0, 0);
}

static void do_once(struct member *member, char *stack)
{
	const struct step *s = &member->step;
	static char *nothing[] = {0};
	struct timespec long_time = {100000, 0};
	int ends[2];
	switch (member->kind) {
	case IN_FUTEX:
		futex(&member->word, FUTEX_WAIT, 0, 0);
		return;
	case IN_READ:
		open_pipe(s, ends);
		sys(SYS_read, ends[0], &ends, 1);
		return;
	case IN_SLEEP:
		sys(SYS_nanosleep, &long_time, 0);
		return;
	case IN_PAUSE:
		sys(SYS_pause);
		return;
	case SPINS:
		for (;;)
			atomic_fetch_add(&member->word, 1);
	case CALLS:
		sys(SYS_getppid);
		return;
	case FORKS:
		fork_one(s);
		return;
	case CLONES:
		clone_one(s, stack, &member->word);
		return;
	case SIGNALS_ITSELF:
		send_self(member->signo);
		return;
	case VFORKS:
		vfork_one(s, stack);
		return;
	case NAPS:
		nap_us(100);
		return;
	case WAITS:
		wait_for_one_that_pauses(s);
		return;
	case EXECS_NOTHING:
		want(sys(SYS_execve, "/nonexistent/program", nothing, nothing), -ENOENT);
		return;
	default:
		stack = map(16384);
		*stack = 1;
		want(sys(SYS_mprotect, stack, 4096, PROT_READ), 0);
		want(sys(SYS_munmap, stack, 16384), 0);
	}
}

static void be_member(void *arg)
{
	struct member *member = arg;
	char *stack = map(STACK_BYTES);
	if (member->kind == SIGNALS_ITSELF) {
		act(member->signo, note, SA_RESTART);
		change_mask(SIG_UNBLOCK, bit(member->signo));
	}
	atomic_fetch_add(member->ready, 1);
	futex(member->ready, FUTEX_WAKE, 1 << 30, 0);
	for (;;)
		do_once(member, stack);
}

/* Start a thread for each kind from the step's number `first` on, and wait until all run. */
static void gather(const struct step *s, int first, int signo, bool library)
{
	struct {
		atomic_int ready;
		struct member members[16];
	} *crowd = map(sizeof *crowd);
	int count = s->count - first;
	for (int i = 0; i < count; i++) {
		struct member *member = &crowd->members[i];
		member->step = *s;
		member->kind = s->a[first + i] % CROWD_KINDS;
		member->signo = signo;
		member->ready = &crowd->ready;
		start(s, &member->thread, !library || i % 2, be_member, member);
	}
	int ready;
	while ((ready = atomic_load(&crowd->ready)) < count)
		futex(&crowd->ready, FUTEX_WAIT, ready, 0);
}

#endif
