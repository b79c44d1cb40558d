/* The leader ends by exit(2), and when it is a zombie the other thread does so too. */
#include "guest.h"

#include <pthread.h>
#include <sys/syscall.h>

static void *outlive(void *unused)
{
	await_state(getpid(), 'Z');
	syscall(SYS_exit, 0);
	return unused;
}

int main(void)
{
	pthread_t thread;
	check(pthread_create(&thread, NULL, outlive, NULL) == 0);
	syscall(SYS_exit, 0);
	return 98;
}
