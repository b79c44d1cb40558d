/* A thread waits in sigtimedwait for SIGBUS, which the leader sends to it once it waits. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>

static sigset_t set;
static pid_t tid;

static void *await(void *unused)
{
	struct timespec long_time = {60, 0};
	siginfo_t info;
	__atomic_store_n(&tid, gettid(), __ATOMIC_RELEASE);
	check(sigtimedwait(&set, &info, &long_time) == SIGBUS);
	check(info.si_pid == getpid());
	return unused;
}

int main(void)
{
	pthread_t thread;
	sigemptyset(&set);
	sigaddset(&set, SIGBUS);
	check(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
	check(pthread_create(&thread, NULL, await, NULL) == 0);
	while (__atomic_load_n(&tid, __ATOMIC_ACQUIRE) == 0)
		usleep(100);
	await_state(tid, 'S');
	check(syscall(SYS_tgkill, getpid(), tid, SIGBUS) == 0);
	check(pthread_join(thread, NULL) == 0);
	return 0;
}
