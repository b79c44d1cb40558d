/* Steps about signals. Each has signal numbers of its own; see slots.h. */
#ifndef TORTURE_SIGNALS_H
#define TORTURE_SIGNALS_H

#include "calls.h"
#include "crowd.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/time.h>

static void take_by_unblocking(const struct step *s, struct slot *slot, int signo, int n)
{
	(void)n;
	mask_t old = change_mask(SIG_UNBLOCK, bit(signo));
	/* All that was pending has been handled when the call is over. */
	want_in_order(s, slot, n);
	change_mask(SIG_SETMASK, old);
}

static void take_by_suspending(const struct step *s, struct slot *slot, int signo, int n)
{
	mask_t mask = ~bit(signo);
	while (atomic_load(&slot->count) < n)
		want(sys(SYS_rt_sigsuspend, &mask, sizeof mask), -EINTR);
}

static void take_by_polling(const struct step *s, struct slot *slot, int signo, int n)
{
	mask_t mask = ~bit(signo);
	while (atomic_load(&slot->count) < n) {
		int before = atomic_load(&slot->count);
		want(sys(SYS_ppoll, 0, 0, 0, &mask, sizeof mask), -EINTR);
		want_true(atomic_load(&slot->count) > before);
	}
}

static void take_by_waiting(const struct step *s, struct slot *slot, int signo, int n)
{
	mask_t only = bit(signo);
	siginfo_t info;
	while (atomic_load(&slot->count) < n) {
		long result = sys(SYS_rt_sigtimedwait, &only, &info, 0, sizeof only);
		if (result == -EINTR)
			continue;
		want(result, signo);
		note(signo, &info, 0);
	}
}

static void take_by_reading(const struct step *s, struct slot *slot, int signo, int n)
{
	mask_t only = bit(signo);
	struct signalfd_siginfo found[3];
	long file = sys(SYS_signalfd4, -1, &only, sizeof only, 0);
	want_true(file >= 0);
	while (atomic_load(&slot->count) < n) {
		long result = sys(SYS_read, file, found, sizeof found);
		if (result == -EINTR)
			continue;
		want_true(result > 0 && result % sizeof *found == 0);
		for (unsigned i = 0; i < result / sizeof *found; i++) {
			siginfo_t info = {.si_signo = found[i].ssi_signo};
			info.si_pid = found[i].ssi_pid;
			info.si_value.sival_int = found[i].ssi_int;
			note(signo, &info, 0);
		}
	}
	want(sys(SYS_close, file), 0);
}

static void take_by_spinning(const struct step *s, struct slot *slot, int signo, int n)
{
	(void)s;
	mask_t old = change_mask(SIG_UNBLOCK, bit(signo));
	while (atomic_load(&slot->count) < n)
		sys(SYS_getppid);
	change_mask(SIG_SETMASK, old);
}

static void take_by_computing(const struct step *s, struct slot *slot, int signo, int n)
{
	(void)s;
	mask_t old = change_mask(SIG_UNBLOCK, bit(signo));
	while (atomic_load(&slot->count) < n)
		__asm__ volatile("pause");
	change_mask(SIG_SETMASK, old);
}

static void take_by_napping(const struct step *s, struct slot *slot, int signo, int n)
{
	(void)s;
	mask_t old = change_mask(SIG_UNBLOCK, bit(signo));
	while (atomic_load(&slot->count) < n)
		nap_us(200);
	change_mask(SIG_SETMASK, old);
}

typedef void (*take_t)(const struct step *, struct slot *, int, int);

/* The first can only take what has been sent already. */
static const take_t takes[] = {take_by_unblocking, take_by_suspending, take_by_polling,   take_by_waiting,
			       take_by_reading,    take_by_spinning,   take_by_computing, take_by_napping};

/* (queue id signo count take directed): signals to ourselves, while they are blocked. */
static void do_queue(const struct step *s)
{
	int signo = s->a[0], n = s->a[1];
	struct slot *slot = open_slot(signo, SA_RESTART);
	long pid = sys(SYS_getpid), tid = sys(SYS_gettid);
	atomic_store(&slot->sender, pid);
	for (int i = 0; i < n; i++)
		want(queue_to(pid, s->a[3] ? tid : 0, signo, i), 0);
	takes[s->a[2] % 8](s, slot, signo, n);
	want_in_order(s, slot, n);
}

/* (storm id signo count take directed how): the same from a child, while it happens. */
static void do_storm(const struct step *s)
{
	int signo = s->a[0], n = s->a[1];
	struct slot *slot = open_slot(signo, SA_RESTART);
	long pid = sys(SYS_getpid), tid = sys(SYS_gettid);
	int ends[2];
	open_pipe(s, ends);
	long child = child_of(s, s->a[4]);
	if (child == 0) {
		hear(s, ends[0]);
		for (int i = 0; i < n; i++)
			want(queue_to(pid, s->a[3] ? tid : 0, signo, i), 0);
		leave(4);
	}
	atomic_store(&slot->sender, child);
	tell(s, ends[1]);
	takes[1 + s->a[2] % 7](s, slot, signo, n);
	want(wait_for(s, child, 0), EXITED(4));
	want_in_order(s, slot, n);
	close_pipe(ends);
}

/* (blocked id signo count call restart how): we sit in a call while a child sends signals and then ends the wait. */
static void do_blocked(const struct step *s)
{
	int signo = s->a[0], n = s->a[1], call = s->a[2] % 3;
	bool restart = s->a[3];
	struct slot *slot = open_slot(signo, restart ? SA_RESTART : 0);
	long pid = sys(SYS_getpid), tid = sys(SYS_gettid), result;
	int ends[2], status = -1;
	char byte = 0;
	atomic_int *word = (atomic_int *)sys(SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	open_pipe(s, ends);
	mask_t old = change_mask(SIG_UNBLOCK, bit(signo));
	long child = child_of(s, s->a[4]);
	if (child == 0) {
		for (int i = 0; i < n; i++)
			want(queue_to(pid, tid, signo, i), 0);
		open_gate(word);
		want(write_whole(ends[1], "!", 1), 1);
		leave(5);
	}
	do {
		if (call == 0)
			result = sys(SYS_read, ends[0], &byte, 1);
		else if (call == 1)
			result = sys(SYS_wait4, child, &status, 0, 0);
		else
			result = futex(word, FUTEX_WAIT, 0, 0);
		if (result == -EINTR)
			want_true(!restart);
	} while (result == -EINTR || (call == 2 && !atomic_load(word)));
	if (call != 1)
		status = wait_for(s, child, 0);
	else
		want(result, child);
	want(status, EXITED(5));
	want(atomic_load(&slot->count), n);
	want_in_order(s, slot, n);
	change_mask(SIG_SETMASK, old);
	close_pipe(ends);
	want(sys(SYS_munmap, word, 4096), 0);
}

/* (timer id signo fires kind us): a timer fires until its signal's handler says that it is enough. */
static void do_timer(const struct step *s)
{
	int signo = s->a[0], fires = s->a[1], kind = s->a[2] % 3, timer = -1;
	struct timespec time = {0, s->a[3] * 1000};
	long both[4] = {0, s->a[3], 0, s->a[3]};
	struct slot *slot = open_slot(signo, SA_RESTART);
	atomic_store(&slot->stop_at, fires);
	if (kind == 0) {
		struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = signo};
		event._sigev_un._tid = sys(SYS_gettid);
		struct itimerspec every = {time, time};
		want(sys(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer), 0);
		atomic_store(&slot->timer, timer);
		want(sys(SYS_timer_settime, timer, 0, &every, 0), 0);
	} else {
		/* SIGALRM or SIGPROF, which the plan gives to no two steps of a process at once. */
		atomic_store(&slot->timer, -1);
		atomic_store(&slot->stop_which, kind == 1 ? ITIMER_REAL : ITIMER_PROF);
		want(sys(SYS_setitimer, kind == 1 ? ITIMER_REAL : ITIMER_PROF, both, 0), 0);
	}
	takes[kind == 2 ? 6 : 5 + s->a[4] % 3](s, slot, signo, fires);
	if (timer >= 0)
		want(sys(SYS_timer_delete, timer), 0);
	drain(signo);
	want_true(atomic_load(&slot->count) >= fires);
	atomic_store(&slot->stop_at, 0);
}

static long timed_call(int call, const struct timespec *time)
{
	atomic_int word = 0;
	struct timespec left = *time;
	if (call == 0)
		return sys(SYS_nanosleep, time, &left);
	if (call == 1)
		return sys(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, time, &left);
	if (call == 2)
		return sys(SYS_poll, 0, 0, time->tv_nsec / 1000000);
	return futex(&word, FUTEX_WAIT, 0, time);
}

/* (sleep id signo ms call how): signals that are ignored do not end a wait; its time passes. */
static void do_sleep(const struct step *s)
{
	int signo = s->a[0], call = s->a[2] % 4;
	struct timespec time = {0, s->a[1] * 1000000};
	long pid = sys(SYS_getpid), tid = sys(SYS_gettid), begin = now_ns();
	act_ignore(signo);
	mask_t old = change_mask(SIG_UNBLOCK, bit(signo));
	long child = child_of(s, s->a[3]);
	if (child == 0) {
		for (int i = 0; i < 3; i++) {
			want(queue_to(pid, tid, signo, i), 0);
			nap_us(500);
		}
		leave(6);
	}
	want(timed_call(call, &time), call == 3 ? -ETIMEDOUT : 0);
	want_true(now_ns() - begin >= time.tv_nsec);
	change_mask(SIG_SETMASK, old);
	want(wait_for(s, child, 0), EXITED(6));
	drain(signo); /* a late one was not ignored, because it was blocked by then; an exec would keep it */
	act_default(signo);
}

/* (woken id signo call how): a signal with a handler ends a sleep, however short before it came. */
static void do_woken(const struct step *s)
{
	int signo = s->a[0], call = s->a[1] % 2;
	struct timespec long_time = {1000, 0};
	long pid = sys(SYS_getpid), tid = sys(SYS_gettid);
	struct slot *slot = open_slot(signo, SA_RESTART);
	mask_t old = change_mask(SIG_UNBLOCK, bit(signo));
	long child = child_of(s, s->a[2]);
	if (child == 0) {
		die_with(pid);
		/* Again, because it may come before the sleep begins; and ever more rarely, so that there is time to begin. */
		for (int i = 0;; i++) {
			queue_to(pid, tid, signo, 0);
			nap_us(1000 << (i < 7 ? i : 7));
		}
	}
	want(timed_call(call, &long_time), -EINTR);
	change_mask(SIG_SETMASK, old);
	want_true(atomic_load(&slot->count) >= 1);
	want(sys(SYS_kill, child, SIGKILL), 0);
	want(wait_for(s, child, 0), SIGKILL);
	drain(signo);
}

/* (fault id times): writes to pages that cannot be written, which SIGSEGV's handler mends. */
static void do_fault(const struct step *s)
{
	for (int i = 0; i < s->a[0]; i++) {
		volatile long *page = map(4096);
		want(sys(SYS_mprotect, page, 4096, PROT_READ), 0);
		page[5] = 55;
		want(page[5], 55);
		want(page[1], 1);
		want(page[2], (long)&page[5]);
		want(sys(SYS_munmap, page, 4096), 0);
	}
}

/* (trap id times): int3, whose handler changes a register. */
static void do_trap(const struct step *s)
{
	for (int i = 0; i < s->a[0]; i++) {
		long value = 1;
		__asm__ volatile("int3" : "+a"(value));
		want(value, 2);
	}
}

/* (altstack id signo): the handler runs on the stack that we say. */
static void do_altstack(const struct step *s)
{
	int signo = s->a[0];
	char *place = map(65536);
	stack_t on = {.ss_sp = place, .ss_size = 65536}, off = {.ss_flags = SS_DISABLE};
	want(sys(SYS_sigaltstack, &on, 0), 0);
	struct slot *slot = open_slot(signo, SA_ONSTACK);
	mask_t old = change_mask(SIG_UNBLOCK, bit(signo));
	send_self(signo);
	want(atomic_load(&slot->count), 1);
	char *stack = (char *)atomic_load(&slot->stack);
	want_true(stack > place && stack < place + 65536);
	change_mask(SIG_SETMASK, old);
	want(sys(SYS_sigaltstack, &off, 0), 0);
	want(sys(SYS_munmap, place, 65536), 0);
}

/* (nest id signo inner times): a handler sends a signal to its own thread, which is handled at once. */
static void do_nest(const struct step *s)
{
	int signo = s->a[0], inner = s->a[1];
	struct slot *outer_slot = open_slot(signo, 0), *inner_slot = open_slot(inner, 0);
	atomic_store(&outer_slot->raises, inner);
	mask_t old = change_mask(SIG_UNBLOCK, bit(signo) | bit(inner));
	for (int i = 1; i <= s->a[2]; i++) {
		send_self(signo);
		want(atomic_load(&inner_slot->count), i);
		want(atomic_load(&outer_slot->depth_of), i);
		want(atomic_load(&outer_slot->count), i);
	}
	atomic_store(&outer_slot->raises, 0);
	change_mask(SIG_SETMASK, old);
}

/* (everyone id signo count how crowd...): signals to a process any of whose threads may take them. */
static void do_everyone(const struct step *s)
{
	int signo = s->a[0], n = s->a[1];
	struct slot *slot = open_slot(signo, SA_RESTART);
	int ends[2];
	open_pipe(s, ends);
	long child = child_of(s, s->a[2]);
	if (child == 0) {
		change_mask(SIG_UNBLOCK, bit(signo));
		gather(s, 3, signo, false);
		tell(s, ends[1]);
		while (atomic_load(&slot->count) < n)
			nap_us(300);
		leave(7);
	}
	hear(s, ends[0]);
	for (int i = 0; i < n; i++)
		want(queue_to(child, 0, signo, i), 0);
	want(wait_for(s, child, 0), EXITED(7));
	close_pipe(ends);
}

#endif
