/* Starts as many threads or processes as its arguments say, all of which live at once and then make a call each. */
#include "guest.h"

#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { STACK_BYTES = 65536 };

static int gate[2], here[2];

static void take_part(void)
{
	char byte = 'h';
	check(write(here[1], &byte, 1) == 1);
	check(read(gate[0], &byte, 1) == 0);
	check(syscall(SYS_getuid) == (long)getuid());
}

static void *live(void *unused)
{
	take_part();
	return unused;
}

int main(int argc, char **argv)
{
	check(argc == 3);
	int threads = !strcmp(argv[1], "threads"), count = atoi(argv[2]);
	pthread_t *started = calloc(count, sizeof *started);
	pthread_attr_t attributes;
	check(pipe(gate) == 0 && pipe(here) == 0);
	check(pthread_attr_init(&attributes) == 0);
	check(pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0);
	for (int i = 0; i < count; i++) {
		if (threads) {
			check(pthread_create(&started[i], &attributes, live, NULL) == 0);
			continue;
		}
		pid_t child = fork();
		check(child >= 0);
		if (child == 0) {
			close(gate[1]);
			take_part();
			_exit(3);
		}
	}
	char byte;
	for (int i = 0; i < count; i++)
		check(read(here[0], &byte, 1) == 1);
	check(close(gate[1]) == 0);
	for (int i = 0; i < count; i++) {
		int status;
		if (threads)
			check(pthread_join(started[i], NULL) == 0);
		else
			check(wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 3);
	}
	return 0;
}
