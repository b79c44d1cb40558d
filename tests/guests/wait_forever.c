/* Says "ready" on its standard output and waits for a signal. */
#include "guest.h"

int main(void)
{
	check(write(STDOUT_FILENO, "ready\n", 6) == 6);
	for (;;)
		pause();
}
