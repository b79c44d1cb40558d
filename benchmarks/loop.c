/* Make the cheapest system call again and again, and report the cost of one, measured in here.
 *
 * usage: loop CALLS
 * prints: ns_per_call
 *
 * A tenth as many calls come first and are not counted: a tracer's first stops pay for
 * its imports and caches, and the question is what a stop costs in the long run.
 */
#include "guest.h"

#include <sys/syscall.h>

int main(int argc, char **argv)
{
	long calls = argc > 1 ? count(argv[1]) : 1;
	double began;

	for (long i = 0; i < calls / 10 + 1; i++)
		syscall(SYS_getppid);
	began = now_ns();
	for (long i = 0; i < calls; i++)
		syscall(SYS_getppid);
	report("ns_per_call", (now_ns() - began) / (double)calls);
	return 0;
}
