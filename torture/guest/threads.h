/* Threads, by the C library or by the bare clone. */
#ifndef TORTURE_THREADS_H
#define TORTURE_THREADS_H

#include "slots.h"

#include <pthread.h>

#define STACK_BYTES (256 * 1024)

struct thread {
	bool bare;
	pthread_t handle;
	char *stack;
	atomic_int tid; /* of a bare one: the kernel clears it when the thread is gone, and wakes who waits for that */
	void (*run)(void *);
	void *arg;
};

static void run_bare(void *arg)
{
	struct thread *thread = arg;
	thread->run(thread->arg);
	leave_thread(0);
}

static void *run_in_library(void *arg)
{
	struct thread *thread = arg;
	thread->run(thread->arg);
	return 0;
}

static void start(const struct step *s, struct thread *thread, bool bare, void (*run)(void *), void *arg)
{
	thread->bare = bare;
	thread->run = run;
	thread->arg = arg;
	thread->stack = map(STACK_BYTES);
	if (bare) {
		unsigned long flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM
				      | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
		want_true(clone_on(flags, thread->stack + STACK_BYTES, &thread->tid, run_bare, thread) > 0);
	} else {
		pthread_attr_t attributes;
		pthread_attr_init(&attributes);
		pthread_attr_setstack(&attributes, thread->stack, STACK_BYTES);
		want(pthread_create(&thread->handle, &attributes, run_in_library, thread), 0);
		pthread_attr_destroy(&attributes);
	}
}

static void join(const struct step *s, struct thread *thread)
{
	int tid;
	if (!thread->bare)
		want(pthread_join(thread->handle, 0), 0);
	else
		while ((tid = atomic_load(&thread->tid)))
			futex(&thread->tid, FUTEX_WAIT, tid, 0);
	want(sys(SYS_munmap, thread->stack, STACK_BYTES), 0);
}

/* Say that something has happened to whoever waits for the word to change. */
static void open_gate(atomic_int *gate)
{
	atomic_store(gate, 1);
	futex(gate, FUTEX_WAKE, 1 << 30, 0);
}

#endif
