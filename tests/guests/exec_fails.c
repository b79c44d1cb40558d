/* Execs a file that is not there and one that is no program, and lives to see both errors. */
#include "guest.h"

int main(void)
{
	char *argv[] = {"x", NULL};
	check(execv("/no/such/file", argv) == -1 && errno == ENOENT);
	check(execv("/dev/null", argv) == -1 && errno == EACCES);
	return 0;
}
