/* Writes "abcdefgh" to its standard output, going on where a write was short. */
#include "guest.h"

int main(void)
{
	const char *rest = "abcdefgh";
	while (*rest) {
		ssize_t count = write(STDOUT_FILENO, rest, strlen(rest));
		check(count > 0);
		rest += count;
	}
	return 0;
}
