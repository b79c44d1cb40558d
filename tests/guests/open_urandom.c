/* Installs a handler of SIGSEGV that resets itself, which it never needs, and opens /dev/urandom twice. */
#include "guest.h"

#include <fcntl.h>
#include <signal.h>

static void handle(int signo)
{
	(void)signo;
	_exit(98);
}

int main(void)
{
	struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESETHAND}, found;
	char bytes[2][16];
	check(sigaction(SIGSEGV, &action, NULL) == 0);
	int first = openat(AT_FDCWD, "/dev/urandom", O_RDONLY);
	int second = openat(AT_FDCWD, "/dev/urandom", O_RDONLY);
	check(first > STDERR_FILENO && second > first);
	check(read(first, bytes[0], 16) == 16 && read(second, bytes[1], 16) == 16);
	check(memcmp(bytes[0], bytes[1], 16) != 0);
	check(sigaction(SIGSEGV, NULL, &found) == 0);
	check(found.sa_handler == handle && (found.sa_flags & SA_RESETHAND));
	return 0;
}
