/* Installs a handler of SIGALRM by the bare rt_sigaction, with a restorer of its own, and spins until it has run. */
#include "guest.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>

static volatile sig_atomic_t handled, restored;

void restore(void);
__asm__(".text\n"
	"restore:\n\t"
	"movl $1, restored(%rip)\n\t"
	"mov $15, %eax\n\t" /* rt_sigreturn */
	"syscall\n");

static void handle(int signo)
{
	handled = signo;
}

int main(void)
{
	enum { RESTORER = 0x04000000 }; /* SA_RESTORER, which libc keeps to itself */
	struct {
		void (*handler)(int);
		unsigned long flags;
		void (*restorer)(void);
		unsigned long mask;
	} action = {handle, RESTORER, restore, 0};
	struct itimerval timer = {{0, 0}, {0, 5000}};
	check(syscall(SYS_rt_sigaction, SIGALRM, &action, NULL, sizeof action.mask) == 0);
	check(setitimer(ITIMER_REAL, &timer, NULL) == 0);
	while (!restored)
		;
	check(handled == SIGALRM);
	return 0;
}
