/* Carries out a plan, which is its argument: a list of steps, (name id number... (step) (step)).
 *
 * Every step checks its own results. One that went as it should says "ok <id>" on standard output; the first
 * that does not says what it found, and its process exits with 99. What steps there are is in plan.py.
 */
#include "processes.h"

#include <sys/resource.h>

#define MOST 24

struct body {
	struct self me;
	int children, threads;
	struct {
		struct step step;
		long pid;
	} child[MOST];
	struct {
		struct step step;
		struct thread thread;
		struct self me;
	} thread[MOST];
};

static void run_body(const struct self *me, const char *text);

static void ok(const struct step *s)
{
	struct line line = {.length = 0};
	put(&line, "ok ");
	put_number(&line, s->id);
	say(&line);
}

/* (fork id how status body): a child with a plan of its own, which ends with that status. */
static void do_fork(struct body *body, const struct step *s)
{
	struct self me;
	long pid = born(s->a[0], &body->me, &me);
	want_born(pid);
	if (pid == 0) {
		run_body(&me, s->body);
		leave(94); /* its last step should have ended it */
	}
	body->child[body->children].step = *s;
	body->child[body->children++].pid = pid;
}

struct image {
	const char *text;
	char *copy;
};

/* What exec is given must end where the body does, and a child that shares memory may not write it. */
static char *text_of(const struct step *s)
{
	long length = s->next - s->body;
	char *text = map(length + 1), *last = text;
	for (long i = 0; i < length; i++) {
		text[i] = s->body[i];
		if (text[i] == ')')
			last = text + i;
	}
	*last = 0; /* the step's own parenthesis */
	return text;
}

static long exec_text(int how, char *text)
{
	char *arguments[] = {own_path, text, 0};
	if (how % 2 == 0)
		return sys(SYS_execve, own_path, arguments, environ);
	long file = sys(SYS_openat, AT_FDCWD, own_path, O_PATH | O_CLOEXEC);
	return sys(SYS_execveat, file, "", arguments, environ, AT_EMPTY_PATH);
}

static void exec_in_child(void *text)
{
	exec_text(0, text);
	leave(93);
}

/* (vexec id how status body): the same by vfork and exec. */
static void do_vexec(struct body *body, const struct step *s)
{
	char *text = text_of(s), *stack = map(STACK_BYTES);
	long pid;
	if (s->a[0] == 0 && body->me.library) {
		pid = vfork();
		if (pid == 0)
			exec_in_child(text);
	} else {
		pid = clone_on(CLONE_VM | CLONE_VFORK | SIGCHLD, stack + STACK_BYTES, 0, exec_in_child, text);
	}
	want_born(pid);
	want(sys(SYS_munmap, stack, STACK_BYTES), 0);
	body->child[body->children].step = *s;
	body->child[body->children++].pid = pid;
}

/* (orphan id how body): a child whose parent is gone when it begins; nobody waits for it. */
static void do_orphan(struct body *body, const struct step *s)
{
	struct self me, other;
	long pid = born(s->a[0], &body->me, &me);
	want_born(pid);
	if (pid == 0) {
		long parent = sys(SYS_getpid);
		pid = born(s->a[0], &me, &other);
		want_born(pid);
		if (pid > 0)
			leave(2);
		while (sys(SYS_getppid) == parent)
			nap_us(200);
		run_body(&other, s->body);
		leave(94);
	}
	want(wait_for(s, pid, 0), EXITED(2));
}

struct task {
	struct self me;
	const char *text;
};

static void run_task(void *arg)
{
	struct task *task = arg;
	run_body(&task->me, task->text);
}

/* (thread id bare body) */
static void do_thread(struct body *body, const struct step *s)
{
	int at = body->threads++;
	body->thread[at].step = *s;
	struct task *task = map(sizeof *task);
	task->me.library = body->me.library && !s->a[0];
	task->text = s->body;
	start(s, &body->thread[at].thread, !task->me.library, run_task, task);
}

/* Wait for what the body has started; each that ended as it should says so now. */
static void join_all(struct body *body)
{
	for (int i = 0; i < body->threads; i++) {
		join(&body->thread[i].step, &body->thread[i].thread);
		ok(&body->thread[i].step);
	}
	for (int i = 0; i < body->children; i++) {
		const struct step *s = &body->child[i].step;
		want(wait_for(s, body->child[i].pid, 0), s->a[1]);
		ok(s);
	}
	body->threads = body->children = 0;
}

struct last {
	const struct step *step;
	char *text;
	int leader_leaves;
};

static void exit_as_thread(void *arg)
{
	struct last *last = arg;
	leave(last->step->a[0]);
}

static void exec_as_thread(void *arg)
{
	struct last *last = arg;
	exec_text(last->step->a[0], last->text);
	leave(93);
}

/* Let a thread end the process one way or another, while its leader waits or leaves. */
__attribute__((noreturn)) static void end_by_thread(const struct body *body, const struct step *s,
						    void (*run)(void *), bool leader_leaves)
{
	struct last *last = map(sizeof *last);
	struct thread *thread = map(sizeof *thread);
	struct step *kept = map(sizeof *kept);
	*kept = *s;
	last->step = kept;
	last->text = run == exec_as_thread ? text_of(s) : 0;
	start(s, thread, !body->me.library || s->a[1] % 2, run, last);
	if (leader_leaves)
		leave_thread(s->a[0]);
	for (;;)
		sys(SYS_pause);
}

/* The steps that end a process; whoever waits for it sees the status. */
static void end_process_by(struct body *body, const struct step *s)
{
	bool execs = same(s->name, "exec");
	if (!same(s->name, "exit") && !same(s->name, "die") && !execs)
		return;
	join_all(body);
	ok(s); /* before it ends */
	if (same(s->name, "die")) { /* (die id signo): of that signal */
		act_default(s->a[0]);
		change_mask(SIG_UNBLOCK, bit(s->a[0]));
		send_self(s->a[0]);
		fail(s, "still alive", __LINE__, s->a[0]);
	}
	/* (exit id code bare who), (exec id how bare who body); who: 0 the caller, 1 a thread, 2 so after its leader left */
	if (s->a[2])
		end_by_thread(body, s, execs ? exec_as_thread : exit_as_thread, s->a[2] == 2);
	if (execs)
		want(exec_text(s->a[0], text_of(s)), 0);
	leave(s->a[0]);
}

static void do_step(struct body *body, const struct step *s)
{
	if (same(s->name, "fork"))
		return do_fork(body, s);
	if (same(s->name, "vexec"))
		return do_vexec(body, s);
	if (same(s->name, "thread"))
		return do_thread(body, s);
	end_process_by(body, s);
	if (same(s->name, "orphan"))
		do_orphan(body, s);
	else if (same(s->name, "pingpong"))
		do_pingpong(s, &body->me);
	else if (same(s->name, "vfork"))
		do_vfork(s, &body->me);
	else if (same(s->name, "crowd")) /* (crowd id signo crowd...): to be in the way of what follows */
		gather(s, 1, s->a[0], body->me.library);
	else {
		static const struct {
			const char *name;
			void (*run)(const struct step *);
		} others[] = {
			{"calls", do_calls},   {"bytes", do_bytes},	    {"queue", do_queue},
			{"storm", do_storm},   {"blocked", do_blocked},	    {"timer", do_timer},
			{"sleep", do_sleep},   {"woken", do_woken},	    {"fault", do_fault},
			{"trap", do_trap},     {"altstack", do_altstack},   {"nest", do_nest},
			{"everyone", do_everyone}, {"killed", do_killed},   {"stop", do_stop},
			{"stopsleep", do_stopsleep}, {"grandchild", do_grandchild}, {"shared", do_shared},
			{"family", do_family},
		};
		unsigned at = 0;
		while (at < sizeof others / sizeof *others && !same(s->name, others[at].name))
			at++;
		want_true(at < sizeof others / sizeof *others);
		others[at].run(s);
	}
	ok(s);
}

static void run_body(const struct self *me, const char *text)
{
	struct body body = {.me = *me};
	while (*text == '(') {
		struct step step;
		read_step(text, &step);
		do_step(&body, &step);
		text = step.next;
	}
	join_all(&body);
}

int main(int argc, char **argv)
{
	struct self me = {true};
	struct rlimit none = {0, 0};
	if (argc != 2)
		return 92;
	own_path = argv[0];
	setrlimit(RLIMIT_CORE, &none);
	change_mask(SIG_SETMASK, ~(bit(SIGSEGV) | bit(SIGTRAP) | bit(SIGBUS) | bit(SIGILL) | bit(SIGFPE)));
	act(SIGSEGV, mend, SA_RESTART);
	act(SIGTRAP, trapped, SA_RESTART);
	run_body(&me, argv[1]);
	leave(91);
}
