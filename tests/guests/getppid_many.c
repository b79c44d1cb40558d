/* Calls getppid as often as the argument says. */
#include "guest.h"

int main(int argc, char **argv)
{
	for (int i = argc > 1 ? atoi(argv[1]) : 1; i > 0; i--)
		check(getppid() >= 0);
	return 0;
}
