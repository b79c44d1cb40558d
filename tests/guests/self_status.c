/* Prints the lines of its /proc/self/status that tell of tracing and of filters. */
#include "guest.h"

int main(void)
{
	char line[256];
	FILE *file = fopen("/proc/self/status", "r");
	check(file != NULL);
	while (fgets(line, sizeof line, file))
		if (!strncmp(line, "TracerPid:", 10) || !strncmp(line, "Seccomp:", 8) || !strncmp(line, "NoNewPrivs:", 11))
			fputs(line, stdout);
	return 0;
}
