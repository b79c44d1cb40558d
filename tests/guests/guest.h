/* What every guest may use. A guest does one thing, and exits with 0 when that went as it should. */
#ifndef GUEST_H
#define GUEST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* End at once, saying what failed and with which errno. Exits with 99, which no guest uses otherwise. */
__attribute__((noreturn, unused)) static void die(const char *what)
{
	dprintf(STDERR_FILENO, "%s: %s\n", what, strerror(errno));
	_exit(99);
}

#define GUEST_TEXT_(x) #x
#define GUEST_TEXT(x) GUEST_TEXT_(x)

/* Die unless the condition holds. */
#define check(condition)                                                       \
	do {                                                                   \
		if (!(condition))                                              \
			die(__FILE__ ":" GUEST_TEXT(__LINE__) ": " #condition);  \
	} while (0)

/* Return when a thread is in that state: S asleep in a call, Z ended but not waited for; proc_pid_stat(5). */
__attribute__((unused)) static void await_state(pid_t tid, char wanted)
{
	char path[64], state = 0;
	snprintf(path, sizeof path, "/proc/%d/stat", tid);
	while (state != wanted) {
		FILE *file = fopen(path, "r");
		check(file != NULL);
		check(fscanf(file, "%*d (%*[^)]) %c", &state) == 1);
		fclose(file);
	}
}

/* Return the milliseconds of the monotonic clock. */
__attribute__((unused)) static long milliseconds(void)
{
	struct timespec now;
	check(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif
