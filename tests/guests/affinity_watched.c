/* Finds, again and again and in each way that there is, the affinity that it was started with.
 *
 * usage: affinity_watched ROUNDS
 *
 * Its first calls are far fewer than those that come between, so what it finds first is right.
 */
#include "guest.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

static cpu_set_t at_first;
static char listed_at_first[256];
static int status_file;
static volatile int over;

static void find_listed(char *text, char found[256])
{
	char *line = strstr(text, "Cpus_allowed_list:");
	check(line != NULL);
	snprintf(found, 256, "%.*s", (int)strcspn(line, "\n"), line);
}

static void check_listed(char *text, ssize_t length)
{
	char found[256];
	check(length > 0);
	text[length] = 0;
	find_listed(text, found);
	if (strcmp(found, listed_at_first) != 0) {
		dprintf(STDERR_FILENO, "%s, and not %s\n", found, listed_at_first);
		_exit(99);
	}
}

static void check_asked(pid_t tid)
{
	cpu_set_t now;
	CPU_ZERO(&now);
	check(sched_getaffinity(tid, sizeof now, &now) == 0);
	check(CPU_EQUAL(&now, &at_first));
}

/* By each call that this file can be read with. */
static void check_read(int round)
{
	char text[8192];
	struct iovec vector = {text, sizeof text - 1};

	switch (round % 4) {
	case 0:
		check_listed(text, pread(status_file, text, sizeof text - 1, 0));
		break;
	case 1:
		check_listed(text, preadv(status_file, &vector, 1, 0));
		break;
	case 2:
		check(lseek(status_file, 0, SEEK_SET) == 0);
		check_listed(text, read(status_file, text, sizeof text - 1));
		break;
	case 3:
		check(lseek(status_file, 0, SEEK_SET) == 0);
		check_listed(text, readv(status_file, &vector, 1));
		break;
	}
}

static void *watch_leader(void *unused)
{
	char path[64], text[8192];
	int file;

	(void)unused;
	snprintf(path, sizeof path, "/proc/%d/task/%d/status", getpid(), getpid());
	check((file = open(path, O_RDONLY)) >= 0);
	while (!over) {
		check_asked(getpid());
		check_listed(text, pread(file, text, sizeof text - 1, 0));
	}
	return NULL;
}

static void check_child(void)
{
	int status;
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		check_asked(0);
		_exit(0);
	}
	check(waitpid(child, &status, 0) == child && status == 0);
}

/* A narrower mask of its own holds, and so does the one that it had, once it is set again. */
static void check_own(int cpu)
{
	cpu_set_t one, now;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	check(sched_setaffinity(0, sizeof one, &one) == 0);
	for (int i = 0; i < 100; i++) {
		syscall(SYS_getppid);
		CPU_ZERO(&now);
		check(sched_getaffinity(0, sizeof now, &now) == 0);
		check(CPU_EQUAL(&now, &one));
		check(sched_getcpu() == cpu);
	}
	check(sched_setaffinity(0, sizeof at_first, &at_first) == 0);
}

int main(int argc, char **argv)
{
	char text[8192];
	ssize_t length;
	pthread_t thread;
	int rounds = argc > 1 ? atoi(argv[1]) : 1;

	CPU_ZERO(&at_first);
	check(sched_getaffinity(0, sizeof at_first, &at_first) == 0);
	check((status_file = open("/proc/self/status", O_RDONLY)) >= 0);
	check((length = pread(status_file, text, sizeof text - 1, 0)) > 0);
	text[length] = 0;
	find_listed(text, listed_at_first);
	for (int round = 0; round < rounds; round++) {
		for (int i = 0; i < 3; i++)
			syscall(SYS_getppid);
		check_asked(0);
		check_read(round);
		if (round % 64 == 0)
			check_child();
		if (round == rounds / 2)
			check(pthread_create(&thread, NULL, watch_leader, NULL) == 0);
	}
	over = 1;
	check(pthread_join(thread, NULL) == 0);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &at_first))
			check_own(cpu);
	check_asked(0);
	printf("%d\n", CPU_COUNT(&at_first));
	return 0;
}
