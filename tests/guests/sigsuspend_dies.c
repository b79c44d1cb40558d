/* A thread waits in sigsuspend with nothing blocked; the leader sends it SIGBUS, of which all die with a core. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static pid_t tid;

static void *await(void *unused)
{
	sigset_t none;
	sigemptyset(&none);
	__atomic_store_n(&tid, gettid(), __ATOMIC_RELEASE);
	sigsuspend(&none);
	return unused;
}

int main(void)
{
	struct rlimit size;
	pthread_t thread;
	sigset_t set;
	check(getrlimit(RLIMIT_CORE, &size) == 0);
	size.rlim_cur = size.rlim_max;
	check(setrlimit(RLIMIT_CORE, &size) == 0);
	sigemptyset(&set);
	sigaddset(&set, SIGBUS);
	check(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
	check(pthread_create(&thread, NULL, await, NULL) == 0);
	while (__atomic_load_n(&tid, __ATOMIC_ACQUIRE) == 0)
		usleep(100);
	await_state(tid, 'S');
	check(syscall(SYS_tkill, tid, SIGBUS) == 0);
	check(pthread_join(thread, NULL) == 0);
	return 98;
}
