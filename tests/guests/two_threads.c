/* One thread calls getuid and then getgid while the leader calls geteuid and then getegid. */
#include "guest.h"

#include <pthread.h>
#include <sys/syscall.h>

static void *other(void *unused)
{
	syscall(SYS_getuid);
	syscall(SYS_getgid);
	return unused;
}

int main(void)
{
	pthread_t thread;
	check(pthread_create(&thread, NULL, other, NULL) == 0);
	syscall(SYS_geteuid);
	syscall(SYS_getegid);
	check(pthread_join(thread, NULL) == 0);
	return 0;
}
