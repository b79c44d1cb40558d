/* Signals: every one is blocked in every thread, but where and while a step wants it.
 *
 * A plan gives each signal number to one step of a process, so what its handler notes is that step's alone.
 */
#ifndef TORTURE_SLOTS_H
#define TORTURE_SLOTS_H

#include "plan.h"

#define SIGNALS 65
#define KEPT 64

struct slot {
	atomic_int count;
	atomic_int wrong;    /* a signal that was not from whom it should be */
	atomic_long sender;  /* 0 stands for anybody */
	atomic_int stop_at;  /* disarm the timer when so many have come; 0 for never */
	atomic_int timer;    /* a POSIX timer's id, or -1 for the process's interval timer of `stop_which` */
	atomic_int stop_which;
	atomic_int raises;   /* a signal that the handler sends to its own thread */
	atomic_int depth_of; /* how many of `raises` had been handled when this handler went on */
	atomic_ulong stack;  /* an address on the handler's stack */
	long values[KEPT];
};

static struct slot slots[SIGNALS];

typedef unsigned long mask_t;

static mask_t bit(int signo)
{
	return 1ul << (signo - 1);
}

static mask_t change_mask(int how, mask_t mask)
{
	mask_t old;
	sys(SYS_rt_sigprocmask, how, &mask, &old, sizeof mask);
	return old;
}

struct kernel_action {
	unsigned long handler;
	unsigned long flags;
	void (*restorer)(void);
	mask_t mask;
};

void torture_return(void);
__asm__(".text\n.globl torture_return\ntorture_return:\n\tmov $15, %eax\n\tsyscall\n");

static void set_action(int signo, unsigned long handler, unsigned long flags)
{
	struct kernel_action action = {handler, flags | 0x04000000 /* SA_RESTORER */, torture_return, 0};
	sys(SYS_rt_sigaction, signo, &action, 0, sizeof action.mask);
}

static void act(int signo, void (*handler)(int, siginfo_t *, void *), unsigned long flags)
{
	set_action(signo, (unsigned long)handler, flags | SA_SIGINFO);
}

static void act_default(int signo)
{
	set_action(signo, (unsigned long)SIG_DFL, 0);
}

static void act_ignore(int signo)
{
	set_action(signo, (unsigned long)SIG_IGN, 0);
}

static void send_self(int signo)
{
	sys(SYS_tgkill, sys(SYS_getpid), sys(SYS_gettid), signo);
}

static void note(int signo, siginfo_t *info, void *context)
{
	(void)context;
	struct slot *slot = &slots[signo];
	int count = atomic_load(&slot->count);
	if (count < KEPT)
		slot->values[count] = info->si_value.sival_int;
	if (info->si_signo != signo)
		atomic_fetch_add(&slot->wrong, 1);
	long sender = atomic_load(&slot->sender);
	if (sender && info->si_pid != sender)
		atomic_fetch_add(&slot->wrong, 1);
	atomic_store(&slot->stack, (unsigned long)&count);
	int raises = atomic_load(&slot->raises);
	if (raises) {
		send_self(raises);
		atomic_store(&slot->depth_of, atomic_load(&slots[raises].count));
	}
	count = atomic_fetch_add(&slot->count, 1) + 1;
	int stop_at = atomic_load(&slot->stop_at);
	if (stop_at && count >= stop_at) {
		/* Here, because a timer that fires as fast as it is handled would leave no time elsewhere. */
		struct itimerspec none = {{0, 0}, {0, 0}};
		long nothing[4] = {0};
		if (atomic_load(&slot->timer) >= 0)
			sys(SYS_timer_settime, atomic_load(&slot->timer), 0, &none, 0);
		else
			sys(SYS_setitimer, atomic_load(&slot->stop_which), nothing, 0);
	}
}

static struct slot *open_slot(int signo, unsigned long flags)
{
	struct slot *slot = &slots[signo];
	atomic_store(&slot->count, 0);
	atomic_store(&slot->wrong, 0);
	atomic_store(&slot->sender, 0);
	atomic_store(&slot->stop_at, 0);
	atomic_store(&slot->raises, 0);
	atomic_store(&slot->depth_of, 0);
	act(signo, note, flags);
	return slot;
}

static long queue_to(long pid, long tid, int signo, int value)
{
	siginfo_t info = {.si_signo = signo, .si_code = SI_QUEUE};
	info.si_pid = sys(SYS_getpid);
	info.si_uid = sys(SYS_getuid);
	info.si_value.sival_int = value;
	long result;
	do {
		if (tid)
			result = sys(SYS_rt_tgsigqueueinfo, pid, tid, signo, &info);
		else
			result = sys(SYS_rt_sigqueueinfo, pid, signo, &info);
	} while (result == -EAGAIN && sys(SYS_sched_yield) == 0);
	return result;
}

/* Take what is still pending of a blocked signal. */
static void drain(int signo)
{
	mask_t only = bit(signo);
	struct timespec none = {0, 0};
	long result;
	do
		result = sys(SYS_rt_sigtimedwait, &only, 0, &none, sizeof only);
	while (result == signo || result == -EINTR);
}

static void want_in_order(const struct step *s, struct slot *slot, int n)
{
	want(atomic_load(&slot->count), n);
	want(atomic_load(&slot->wrong), 0);
	for (int i = 0; i < n && i < KEPT; i++)
		want(slot->values[i], i);
}

/* A page that cannot be written is made writable by this; the instruction then goes on. */
static void mend(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	long *page = (long *)((unsigned long)info->si_addr & ~4095ul);
	if (info->si_code != SEGV_ACCERR || sys(SYS_mprotect, page, 4096, PROT_READ | PROT_WRITE) != 0)
		leave(95);
	page[1]++;
	page[2] = (long)info->si_addr;
}

/* int3 with 1 in rax leaves 2 there. */
static void trapped(int signo, siginfo_t *info, void *context)
{
	ucontext_t *machine = context;
	if (signo == SIGTRAP && info->si_code > 0)
		machine->uc_mcontext.gregs[REG_RAX]++;
}

#endif
