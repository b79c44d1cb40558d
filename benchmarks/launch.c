/* Run a command, and report how long it took and how much memory it held at most.
 *
 * usage: launch CPU|free COMMAND [ARGS]...
 * prints, after whatever the command printed: wall_ns, cpu_ns, peak_kib
 *
 * With a CPU's number the command and all that it starts may run on that one only.
 *
 * The command must be started by a small program, not by Python: what ru_maxrss counts for
 * a process begins with the memory it had before its exec (exec_mmap, fs/exec.c), so that
 * every child of a Python of 30 MB would seem to have needed 30 MB. As it is,
 * peak_kib is the largest of the command and the children it waited for, and cpu_ns is of
 * all of them: wait4(2) adds theirs in. Every guest used for peak_kib is far smaller than
 * its tracer.
 */
#include "guest.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void stay_on(const char *cpu)
{
	cpu_set_t set;
	char *end;
	unsigned long number = strtoul(cpu, &end, 10);

	errno = EINVAL;
	if (*end || number >= CPU_SETSIZE)
		die(cpu);
	CPU_ZERO(&set);
	CPU_SET(number, &set);
	if (sched_setaffinity(0, sizeof set, &set))
		die("sched_setaffinity");
}

static double ns(struct timeval time)
{
	return (double)time.tv_sec * 1e9 + (double)time.tv_usec * 1e3;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	double began;
	int status;
	pid_t pid;

	if (argc < 3) {
		fprintf(stderr, "usage: launch CPU|free COMMAND [ARGS]...\n");
		return 2;
	}
	if (strcmp(argv[1], "free"))
		stay_on(argv[1]);
	began = now_ns();
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		die(argv[2]);
	}
	if (wait4(pid, &status, 0, &usage) != pid)
		die("wait4");
	report("wall_ns", now_ns() - began);
	report("cpu_ns", ns(usage.ru_utime) + ns(usage.ru_stime));
	report("peak_kib", (double)usage.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
