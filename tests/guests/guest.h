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

#endif
