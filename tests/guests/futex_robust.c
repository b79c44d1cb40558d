/* A thread, and then a process that is killed by SIGKILL, end with a robust mutex locked; the next owner is told. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

static pthread_mutex_t *mutex;
static int ends[2];

static void *lock_and_end(void *unused)
{
	check(pthread_mutex_lock(mutex) == 0);
	check(write(ends[1], "l", 1) == 1);
	return unused;
}

static void take_over(void)
{
	check(pthread_mutex_lock(mutex) == EOWNERDEAD);
	check(pthread_mutex_consistent(mutex) == 0);
	check(pthread_mutex_unlock(mutex) == 0);
}

int main(void)
{
	int status;
	char byte;
	pthread_t thread;
	pthread_mutexattr_t attributes;
	mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(mutex != MAP_FAILED);
	check(pipe(ends) == 0);
	pthread_mutexattr_init(&attributes);
	check(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) == 0);
	check(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0);
	check(pthread_mutex_init(mutex, &attributes) == 0);
	check(pthread_create(&thread, NULL, lock_and_end, NULL) == 0);
	check(read(ends[0], &byte, 1) == 1);
	take_over();
	check(pthread_join(thread, NULL) == 0);
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		lock_and_end(NULL);
		pause();
	}
	check(read(ends[0], &byte, 1) == 1);
	check(pthread_mutex_trylock(mutex) == EBUSY);
	check(kill(child, SIGKILL) == 0);
	take_over();
	check(waitpid(child, &status, 0) == child);
	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return 0;
}
