/* The leader execs while a thread waits for the child that it has vforked; the new program reaps that child. */
#include "guest.h"

#include <pthread.h>
#include <sys/wait.h>

static int begun[2], gate[2];

static void *fork_and_wait(void *unused)
{
	char byte = 0;
	pid_t child = vfork();
	if (child == 0) {
		pid_t self = getpid();
		if (write(begun[1], &self, sizeof self) != sizeof self || read(gate[0], &byte, 1) != 1)
			_exit(1);
		_exit(5);
	}
	die("the vforking thread went on");
	return unused;
}

static int be_new(pid_t child, int end)
{
	int status;
	check(waitpid(child, NULL, WNOHANG) == 0);
	check(write(end, "g", 1) == 1);
	check(waitpid(child, &status, 0) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 5);
	return 0;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	pid_t child;
	char id[16], end[16];
	if (argc > 1)
		return be_new(atoi(argv[1]), atoi(argv[2]));
	check(pipe(begun) == 0 && pipe(gate) == 0);
	check(pthread_create(&thread, NULL, fork_and_wait, NULL) == 0);
	check(read(begun[0], &child, sizeof child) == sizeof child);
	snprintf(id, sizeof id, "%d", child);
	snprintf(end, sizeof end, "%d", gate[1]);
	execl("/proc/self/exe", argv[0], id, end, NULL);
	die("execl");
}
