/* Forks a child that does what the argument says, and wants it to be killed by SIGKILL, which a tool has to see to.

   call, exec, signal, thread, read and fork are what they say; vfork's child calls getuid before it exits; exec_threads
   execs from a thread while the leader and two threads wait; exit_thread waits itself when a thread of it has ended. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static pthread_barrier_t ready;
static int ends[2];
static char *name;

static void handle(int signo)
{
	(void)signo;
}

static void *end(void *unused)
{
	return unused;
}

static void *call(void *unused)
{
	syscall(SYS_getuid);
	return unused;
}

static void *block(void *unused)
{
	pthread_barrier_wait(&ready);
	pause();
	return unused;
}

static void *replace(void *unused)
{
	pthread_barrier_wait(&ready);
	execl("/proc/self/exe", name, "again", NULL);
	die("execl");
	return unused;
}

static void start(void *(*function)(void *))
{
	pthread_t thread;
	check(pthread_create(&thread, NULL, function, NULL) == 0);
}

static void multiply(int shared)
{
	pid_t grandchild = shared ? vfork() : fork();
	if (grandchild == 0) {
		syscall(SYS_getuid);
		_exit(0);
	}
}

static void live(const char *kind)
{
	char byte;
	signal(SIGUSR1, handle);
	if (strcmp(kind, "call") == 0)
		call(NULL);
	else if (strcmp(kind, "exec") == 0)
		execl("/proc/self/exe", name, "again", NULL);
	else if (strcmp(kind, "signal") == 0)
		raise(SIGUSR1);
	else if (strcmp(kind, "thread") == 0)
		start(call);
	else if (strcmp(kind, "read") == 0)
		check(read(ends[0], &byte, 1) == 0);
	else if (strcmp(kind, "fork") == 0 || strcmp(kind, "vfork") == 0)
		multiply(kind[0] == 'v');
	else if (strcmp(kind, "exit_thread") == 0)
		start(end);
	else if (strcmp(kind, "exec_threads") == 0) {
		pthread_barrier_init(&ready, NULL, 4);
		start(block);
		start(block);
		start(replace);
		block(NULL);
	} else
		die(kind);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	int status;
	check(argc == 2);
	if (strcmp(argv[1], "again") == 0)
		for (;;)
			pause();
	name = argv[0];
	check(pipe(ends) == 0);
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		live(argv[1]);
	}
	check(waitpid(child, &status, 0) == child);
	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return 0;
}
