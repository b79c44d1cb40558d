/* A thread calls getuid, then getgid; the leader calls geteuid and then ends the process by exit_group or SIGKILL. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>

static void *other(void *unused)
{
	syscall(SYS_getuid);
	syscall(SYS_getgid);
	pause();
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	check(pthread_create(&thread, NULL, other, NULL) == 0);
	syscall(SYS_geteuid);
	if (argc > 1)
		kill(getpid(), atoi(argv[1]));
	syscall(SYS_exit_group, 0);
	return 98;
}
