/* Opens, asks for access to, and closes the same file two hundred times, and gets the same descriptor each time. */
#include "guest.h"

#include <fcntl.h>

int main(void)
{
	int first = open("/etc/passwd", O_RDONLY);
	check(first >= 0);
	check(close(first) == 0);
	for (int i = 0; i < 200; i++) {
		check(open("/etc/passwd", O_RDONLY) == first);
		check(access("/etc/passwd", R_OK) == 0);
		check(close(first) == 0);
	}
	return 0;
}
