/* Steps about the births, stops and ends of processes. */
#ifndef TORTURE_PROCESSES_H
#define TORTURE_PROCESSES_H

#include "signals.h"

static char *own_path; /* argv[0], by which a process that was left over can be found */
extern char **environ;

/* A child that gathers a crowd, says so, and joins it. */
static long crowded_child(const struct step *s, int how, int first, int signo)
{
	int ends[2];
	open_pipe(s, ends);
	long child = child_of(s, how);
	if (child == 0) {
		gather(s, first, signo, false);
		tell(s, ends[1]);
		for (;;)
			sys(SYS_pause);
	}
	hear(s, ends[0]);
	close_pipe(ends);
	return child;
}

/* (killed id how signo yields crowd...): SIGKILL ends a child, whatever its threads do. */
static void do_killed(const struct step *s)
{
	long child = crowded_child(s, s->a[0], 3, s->a[1]);
	for (int i = 0; i < s->a[2]; i++)
		sys(SYS_sched_yield);
	want(sys(SYS_kill, child, SIGKILL), 0);
	want(wait_for(s, child, 0), SIGKILL);
}

/* (stop id how signo times crowd...): a child is stopped and continued, then killed out of a stop. */
static void do_stop(const struct step *s)
{
	long child = crowded_child(s, s->a[0], 3, s->a[1]);
	for (int i = 0; i < s->a[2]; i++) {
		want(sys(SYS_kill, child, SIGSTOP), 0);
		want(wait_for(s, child, WUNTRACED), 0x7f | SIGSTOP << 8);
		want(sys(SYS_wait4, child, 0, WUNTRACED | WCONTINUED | WNOHANG, 0), 0);
		want(sys(SYS_kill, child, SIGCONT), 0);
		want(wait_for(s, child, WCONTINUED), 0xffff & ~0x80);
	}
	if (s->a[2] % 2) {
		want(sys(SYS_kill, child, SIGSTOP), 0);
		want(wait_for(s, child, WUNTRACED), 0x7f | SIGSTOP << 8);
	}
	want(sys(SYS_kill, child, SIGKILL), 0);
	want(wait_for(s, child, 0), SIGKILL);
}

/* (stopsleep id how call): a stop in the middle of a sleep does not end it. */
static void do_stopsleep(const struct step *s)
{
	struct timespec time = {0, 15 * 1000000};
	int go[2], begun[2];
	open_pipe(s, go);
	open_pipe(s, begun);
	long child = child_of(s, s->a[0]);
	if (child == 0) {
		tell(s, begun[1]);
		long begin = now_ns();
		want(timed_call(s->a[1] % 4, &time), s->a[1] % 4 == 3 ? -ETIMEDOUT : 0);
		want_true(now_ns() - begin >= time.tv_nsec);
		hear(s, go[0]);
		leave(8);
	}
	hear(s, begun[0]);
	want(sys(SYS_kill, child, SIGSTOP), 0);
	want(wait_for(s, child, WUNTRACED), 0x7f | SIGSTOP << 8);
	want(sys(SYS_kill, child, SIGCONT), 0);
	want(wait_for(s, child, WCONTINUED), 0xffff & ~0x80);
	tell(s, go[1]);
	want(wait_for(s, child, 0), EXITED(8));
	close_pipe(go);
	close_pipe(begun);
}

/* (grandchild id how what): kill the child's child, or the child, which takes its own along. */
static void do_grandchild(const struct step *s)
{
	int ends[2];
	long pids[2] = {0, 0};
	open_pipe(s, ends);
	long child = child_of(s, s->a[0]);
	if (child == 0) {
		long me = sys(SYS_getpid), mine = child_of(s, s->a[0]);
		if (mine == 0) {
			die_with(me);
			pids[0] = sys(SYS_getpid);
			want(write_whole(ends[1], pids, sizeof *pids), sizeof *pids);
			for (;;)
				sys(SYS_pause);
		}
		want(wait_for(s, mine, 0), SIGKILL);
		leave(9);
	}
	want(read_whole(ends[0], pids, sizeof *pids), sizeof *pids);
	want(sys(SYS_kill, s->a[1] ? child : pids[0], SIGKILL), 0);
	want(wait_for(s, child, 0), s->a[1] ? SIGKILL : EXITED(9));
	close_pipe(ends);
}

static void end_with_11(void *word)
{
	atomic_fetch_add((atomic_int *)word, 1);
	leave(11);
}

static void exec_nothing(void *word)
{
	static char *nothing[] = {0};
	if (sys(SYS_execve, "/nonexistent/program", nothing, nothing) == -ENOENT)
		end_with_11(word);
	leave(12);
}

/* (vfork id what): a child in our memory, which we see changed. */
static void do_vfork(const struct step *s, const struct self *me)
{
	atomic_int word = 0;
	if (s->a[0] == 0 && me->library) {
		pid_t pid = vfork();
		if (pid == 0) {
			sys(SYS_getppid);
			end_with_11(&word);
		}
		want_born(pid);
		want(wait_for(s, pid, 0), EXITED(11));
		want(atomic_load(&word), 1);
		return;
	}
	/* Without CLONE_VM it is a copy of our memory that changes. */
	unsigned long flags = CLONE_VFORK | SIGCHLD | (s->a[0] == 3 ? 0 : CLONE_VM);
	char *stack = map(STACK_BYTES);
	long pid = clone_on(flags, stack + STACK_BYTES, 0, s->a[0] == 1 ? exec_nothing : end_with_11, &word);
	want_born(pid);
	want(atomic_load(&word), s->a[0] == 3 ? 0 : 1);
	want(wait_for(s, pid, 0), EXITED(11));
	want(sys(SYS_munmap, stack, STACK_BYTES), 0);
}

/* (shared id exit_signal): a process in our memory that runs at the same time, waited for by __WALL. */
static void do_shared(const struct step *s)
{
	atomic_int word = 0;
	char *stack = map(STACK_BYTES);
	unsigned long flags = CLONE_VM | CLONE_FILES | CLONE_FS | s->a[0];
	long pid = clone_on(flags, stack + STACK_BYTES, 0, end_with_11, &word);
	want_born(pid);
	want(wait_for(s, pid, __WALL), EXITED(11));
	want(atomic_load(&word), 1);
	want(sys(SYS_munmap, stack, STACK_BYTES), 0);
}

/* Runs in a child of its own, whose children are then known to be the step's. */
static void apart(const struct step *s, int how, void (*run)(const struct step *))
{
	long child = child_of(s, how);
	if (child == 0) {
		run(s);
		leave(13);
	}
	want(wait_for(s, child, 0), EXITED(13));
}

static long told_pid(const struct step *s, int ends[2])
{
	long pid = 0;
	want(read_whole(ends[0], &pid, sizeof pid), sizeof pid);
	close_pipe(ends);
	return pid;
}

static void be_sibling(const struct step *s)
{
	int ends[2];
	open_pipe(s, ends);
	long parent = sys(SYS_getpid), child = child_of(s, BY_FORK);
	if (child == 0) {
		long sibling = sys(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
		if (sibling == 0) {
			want(sys(SYS_getppid), parent);
			leave(6);
		}
		want_true(sibling > 0);
		want(write_whole(ends[1], &sibling, sizeof sibling), sizeof sibling);
		leave(5);
	}
	long sibling = told_pid(s, ends);
	want(wait_for(s, sibling, 0), EXITED(6));
	want(wait_for(s, child, 0), EXITED(5));
}

static void be_reaper(const struct step *s)
{
	int ends[2];
	open_pipe(s, ends);
	want(sys(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1), 0);
	long child = child_of(s, BY_FORK);
	if (child == 0) {
		long parent = sys(SYS_getpid), orphan = child_of(s, BY_CLONE);
		if (orphan == 0) {
			while (sys(SYS_getppid) == parent)
				nap_us(200);
			leave(6);
		}
		want(write_whole(ends[1], &orphan, sizeof orphan), sizeof orphan);
		leave(5);
	}
	want(wait_for(s, child, 0), EXITED(5));
	want(wait_for(s, told_pid(s, ends), 0), EXITED(6));
}

static void be_group(const struct step *s)
{
	long children[4], group = 0;
	for (int i = 0; i < 4; i++) {
		children[i] = child_of(s, BY_FORK + i % 3);
		if (children[i] == 0)
			for (;;)
				sys(SYS_pause);
		group = group ? group : children[0];
		want(sys(SYS_setpgid, children[i], group), 0);
	}
	want(sys(SYS_kill, -group, SIGKILL), 0);
	for (int i = 0; i < 4; i++)
		want(wait_for(s, children[i], 0), SIGKILL);
}

static void want_child_signal(const struct step *s, long pid, int code, int status)
{
	mask_t only = bit(SIGCHLD);
	siginfo_t info;
	long result;
	do
		result = sys(SYS_rt_sigtimedwait, &only, &info, 0, sizeof only);
	while (result == -EINTR);
	want(result, SIGCHLD);
	want(info.si_pid, pid);
	want(info.si_code, code);
	want(info.si_status, status);
}

static void be_told(const struct step *s)
{
	long child = child_of(s, BY_FORK);
	if (child == 0)
		for (;;)
			sys(SYS_pause);
	want(sys(SYS_kill, child, SIGSTOP), 0);
	want_child_signal(s, child, CLD_STOPPED, SIGSTOP);
	want(wait_for(s, child, WUNTRACED), 0x7f | SIGSTOP << 8);
	want(sys(SYS_kill, child, SIGCONT), 0);
	want_child_signal(s, child, CLD_CONTINUED, SIGCONT);
	want(wait_for(s, child, WCONTINUED), 0xffff & ~0x80);
	want(sys(SYS_kill, child, SIGKILL), 0);
	want_child_signal(s, child, CLD_KILLED, SIGKILL);
	want(wait_for(s, child, 0), SIGKILL);
	child = child_of(s, BY_CLONE);
	if (child == 0)
		leave(14);
	want_child_signal(s, child, CLD_EXITED, 14);
	siginfo_t info;
	want(sys(SYS_waitid, P_PID, child, &info, WEXITED | WNOWAIT, 0), 0);
	want(info.si_status, 14);
	want(wait_for(s, child, 0), EXITED(14));
}

static void be_careless(const struct step *s)
{
	act_ignore(SIGCHLD);
	long child = child_of(s, BY_FORK), result;
	if (child == 0)
		leave(1);
	while ((result = sys(SYS_wait4, child, 0, 0, 0)) == -EINTR)
		;
	want(result, -ECHILD);
}

static void be_watchful(const struct step *s)
{
	int go[2];
	open_pipe(s, go);
	long child = child_of(s, BY_FORK);
	if (child == 0) {
		hear(s, go[0]);
		leave(15);
	}
	long file = sys(SYS_pidfd_open, child, 0);
	if (file >= 0) {
		struct pollfd poll = {.fd = file, .events = POLLIN};
		want(sys(SYS_poll, &poll, 1, 0), 0);
		tell(s, go[1]);
		long result;
		while ((result = sys(SYS_poll, &poll, 1, -1)) == -EINTR)
			;
		want(result, 1);
		want(sys(SYS_pidfd_send_signal, file, 0, 0, 0), 0);
		want(sys(SYS_close, file), 0);
	} else {
		tell(s, go[1]);
	}
	want(wait_for(s, child, 0), EXITED(15));
}

/* (family id which how): what parents and children know of each other. */
static void do_family(const struct step *s)
{
	static void (*const kinds[])(const struct step *) = {be_sibling, be_reaper,   be_group,
							     be_told,    be_careless, be_watchful};
	apart(s, s->a[1], kinds[s->a[0] % 6]);
}

#endif
