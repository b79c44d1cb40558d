/* With its leader blocked, a thread execs a shell that does what the argument says. */
#include "guest.h"

#include <pthread.h>

static void *become_shell(void *script)
{
	execl("/bin/sh", "sh", "-c", (char *)script, (char *)NULL);
	die("exec");
}

int main(int count, char **words)
{
	pthread_t thread;
	check(count == 2);
	check(pthread_create(&thread, NULL, become_shell, words[1]) == 0);
	pthread_join(thread, NULL);
	return 98;
}
