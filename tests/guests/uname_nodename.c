/* Prints the node name that uname gives. */
#include "guest.h"

#include <sys/utsname.h>

int main(void)
{
	struct utsname names;
	check(uname(&names) == 0);
	check(write(STDOUT_FILENO, names.nodename, strlen(names.nodename)) > 0);
	return 0;
}
