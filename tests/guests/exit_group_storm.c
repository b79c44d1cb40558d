/* Many times over, forks a child whose threads are just being born when it calls exit_group.

   exit_group_storm ROUNDS THREADS: 10 and 8 unless given. */
#include "guest.h"

#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *live(void *number)
{
	if ((long)number % 2)
		pthread_mutex_lock(&lock);
	for (;;)
		sched_yield();
	return NULL;
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 10, threads = argc > 2 ? atoi(argv[2]) : 8;
	for (int round = 0; round < rounds; round++) {
		pid_t child = fork();
		check(child >= 0);
		if (child == 0) {
			pthread_mutex_lock(&lock);
			for (long i = 0; i < threads; i++) {
				pthread_t thread;
				check(pthread_create(&thread, NULL, live, (void *)i) == 0);
			}
			syscall(SYS_exit_group, 0);
		}
		int status;
		check(waitpid(child, &status, 0) == child);
		check(status == 0);
	}
	check(waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
	return 0;
}
