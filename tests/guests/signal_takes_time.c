/* Sleeps for 10 ms and raises a signal, and finds how long both took.

   signal_takes_time SIGNAL HOW FROM TO: HOW is ignored or default; it must be FROM to TO milliseconds. */
#include "guest.h"

#include <signal.h>

int main(int argc, char **argv)
{
	check(argc == 5);
	int signo = atoi(argv[1]);
	check(signal(signo, strcmp(argv[2], "ignored") == 0 ? SIG_IGN : SIG_DFL) != SIG_ERR);
	long before = milliseconds();
	check(usleep(10000) == 0);
	check(raise(signo) == 0);
	long took = milliseconds() - before;
	check(took >= atol(argv[3]) && took <= atol(argv[4]));
	return 0;
}
