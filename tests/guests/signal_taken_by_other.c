/* Ignored signals come to the process while its leader waits in a read and a thread makes calls: the read waits on. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static int done;

static void *call(void *unused)
{
	while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE))
		syscall(SYS_getppid);
	return unused;
}

static void disturb(pid_t parent, int end)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < 30; i++) {
		usleep(500);
		check(kill(parent, SIGWINCH) == 0);
	}
	usleep(500);
	check(write(end, "w", 1) == 1);
	_exit(0);
}

int main(void)
{
	int ends[2], status;
	char byte;
	pthread_t thread;
	check(pipe(ends) == 0);
	pid_t parent = getpid(), child = fork();
	check(child >= 0);
	if (child == 0)
		disturb(parent, ends[1]);
	check(pthread_create(&thread, NULL, call, NULL) == 0);
	check(read(ends[0], &byte, 1) == 1);
	__atomic_store_n(&done, 1, __ATOMIC_RELEASE);
	check(pthread_join(thread, NULL) == 0);
	check(waitpid(child, &status, 0) == child && status == 0);
	return 0;
}
