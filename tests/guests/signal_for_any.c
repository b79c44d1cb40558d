/* The leader reads from a pipe; a thread sends the process a signal, handles it itself if it may, and then writes.

   The kernel offers such a signal to the leader first, so it interrupts the read, whoever handles it in the end. */
#include "guest.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

static int ends[2];
static volatile sig_atomic_t handled;

static void handle(int signo)
{
	(void)signo;
	handled = 1;
}

static void await_leader(void)
{
	char path[64], state = 0;
	snprintf(path, sizeof path, "/proc/self/task/%d/stat", getpid());
	while (state != 'S') {
		FILE *file = fopen(path, "r");
		check(file != NULL);
		check(fscanf(file, "%*d (%*[^)]) %c", &state) == 1);
		fclose(file);
	}
}

static void *send(void *unused)
{
	await_leader();
	check(kill(getpid(), SIGUSR1) == 0);
	while (!handled)
		getppid();
	check(write(ends[1], "w", 1) == 1);
	return unused;
}

int main(void)
{
	struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
	pthread_t thread;
	char byte = 0;
	check(sigaction(SIGUSR1, &action, NULL) == 0);
	check(pipe(ends) == 0);
	check(pthread_create(&thread, NULL, send, NULL) == 0);
	check(read(ends[0], &byte, 1) == 1);
	check(byte == 'w');
	check(pthread_join(thread, NULL) == 0);
	return 0;
}
