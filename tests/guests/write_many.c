/* Writes "hello world" byte by byte, in eleven calls. */
#include "guest.h"

int main(void)
{
	for (const char *byte = "hello world"; *byte; byte++)
		check(write(STDOUT_FILENO, byte, 1) == 1);
	return 0;
}
