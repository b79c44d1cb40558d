/* Waits in poll; a thread sends the process a signal then, takes it itself, and writes what poll waits for.

   The kernel wakes the leader for the signal. This is for a tool that holds the leader meanwhile: natively either of the
   two may get the signal, and the leader does not handle it. */
#include "guest.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>

static sigset_t set;
static int ends[2];

static void *take(void *unused)
{
	await_state(getpid(), 'S');
	check(kill(getpid(), SIGUSR1) == 0);
	check(sigwaitinfo(&set, NULL) == SIGUSR1);
	check(write(ends[1], "w", 1) == 1);
	return unused;
}

int main(void)
{
	pthread_t thread;
	struct pollfd ready = {.events = POLLIN};
	check(pipe(ends) == 0);
	ready.fd = ends[0];
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	check(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
	check(pthread_create(&thread, NULL, take, NULL) == 0);
	check(pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0);
	check(syscall(SYS_poll, &ready, 1, 10000) == 1);
	check(ready.revents == POLLIN);
	check(pthread_join(thread, NULL) == 0);
	return 0;
}
