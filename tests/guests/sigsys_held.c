/* A thread is sent SIGSYS, whose default is to kill with a core, and then does what the argument says.

   suspended: it waits in sigsuspend, and the leader sends; spinning: it sends to itself and makes no further call;
   calling: it sends to itself, makes one more call, and then none. The leader spins until its SIGPROF handler ends
   all with 0, after as many milliseconds of processor time as the second argument says. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>

static const char *how;
static pid_t tid;

static void handle(int signo)
{
	check(signo == SIGPROF);
	syscall(SYS_exit_group, 0);
}

static void *receive(void *unused)
{
	sigset_t set;
	if (strcmp(how, "suspended") == 0) {
		sigfillset(&set);
		sigdelset(&set, SIGSYS);
		__atomic_store_n(&tid, gettid(), __ATOMIC_RELEASE);
		sigsuspend(&set);
		die("sigsuspend returned");
	}
	sigemptyset(&set);
	sigaddset(&set, SIGSYS);
	__atomic_store_n(&tid, gettid(), __ATOMIC_RELEASE);
	check(sigwaitinfo(&set, NULL) == SIGSYS);
	check(pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0);
	check(syscall(SYS_tgkill, getpid(), tid, SIGSYS) == 0);
	if (strcmp(how, "calling") == 0)
		syscall(SYS_getsid, 0);
	for (;;)
		__asm__ volatile("");
	return unused;
}

int main(int argc, char **argv)
{
	struct rlimit size;
	struct itimerval timer = {{0, 0}, {0, 0}};
	pthread_t thread;
	sigset_t set;
	check(argc == 3);
	how = argv[1];
	timer.it_value.tv_sec = atoi(argv[2]) / 1000;
	timer.it_value.tv_usec = atoi(argv[2]) % 1000 * 1000;
	check(getrlimit(RLIMIT_CORE, &size) == 0);
	size.rlim_cur = size.rlim_max;
	check(setrlimit(RLIMIT_CORE, &size) == 0);
	sigemptyset(&set);
	sigaddset(&set, SIGSYS);
	check(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
	check(pthread_create(&thread, NULL, receive, NULL) == 0);
	while (__atomic_load_n(&tid, __ATOMIC_ACQUIRE) == 0)
		usleep(100);
	await_state(tid, 'S');
	check(syscall(SYS_tkill, tid, SIGSYS) == 0);
	check(signal(SIGPROF, handle) != SIG_ERR);
	check(setitimer(ITIMER_PROF, &timer, NULL) == 0);
	for (;;)
		__asm__ volatile("");
}
