/* A timer's signals are handled all the time; when one has been, another thread ends the process with 1. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

static int handled;

static void handle(int signo)
{
	(void)signo;
	__atomic_add_fetch(&handled, 1, __ATOMIC_RELEASE);
}

static void *end(void *unused)
{
	while (__atomic_load_n(&handled, __ATOMIC_ACQUIRE) == 0)
		;
	_exit(1);
	return unused;
}

int main(void)
{
	struct itimerval timer = {{0, 500}, {0, 500}};
	pthread_t thread;
	check(signal(SIGALRM, handle) != SIG_ERR);
	check(pthread_create(&thread, NULL, end, NULL) == 0);
	check(setitimer(ITIMER_REAL, &timer, NULL) == 0);
	for (;;)
		__asm__ volatile("");
}
