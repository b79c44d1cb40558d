/* Execs itself three times and keeps its id. */
#include "guest.h"

int main(int argc, char **argv)
{
	char id[16];
	snprintf(id, sizeof id, "%d", getpid());
	if (argc == 1)
		execl("/proc/self/exe", argv[0], id, "1", NULL);
	check(argc == 3);
	check(strcmp(argv[1], id) == 0);
	if (atoi(argv[2]) < 3) {
		char next[2] = {argv[2][0] + 1, 0};
		execl("/proc/self/exe", argv[0], id, next, NULL);
		die("execl");
	}
	return 0;
}
