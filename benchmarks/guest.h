/* What every program here may use. Each prints what it found as lines of "name value". */
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

/* End at once, saying what failed and with which errno. */
__attribute__((noreturn, unused)) static void die(const char *what)
{
	dprintf(STDERR_FILENO, "%s: %s\n", what, strerror(errno));
	_exit(99);
}

/* CLOCK_MONOTONIC. Read through the vDSO, so it is no system call and no tracer sees it. */
__attribute__((unused)) static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Report one figure. */
__attribute__((unused)) static void report(const char *name, double value)
{
	if (printf("%s %.3f\n", name, value) < 0 || fflush(stdout))
		die("cannot write to stdout");
}

/* A count given on the command line. */
__attribute__((unused)) static long count(const char *word)
{
	char *end;
	long value = strtol(word, &end, 10);

	if (*end || value < 1) {
		errno = EINVAL;
		die(word);
	}
	return value;
}

#endif
