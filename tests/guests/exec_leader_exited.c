/* Its leader ends by exit(2) with 3, and is a zombie when another thread execs this program again and takes its id. */
#include "guest.h"

#include <pthread.h>
#include <sys/syscall.h>

static char **arguments;

static char state_of_leader(void)
{
	char path[64], state;
	snprintf(path, sizeof path, "/proc/self/task/%d/stat", getpid());
	FILE *file = fopen(path, "r");
	check(file != NULL);
	check(fscanf(file, "%*d (%*[^)]) %c", &state) == 1);
	fclose(file);
	return state;
}

static void *replace(void *unused)
{
	char id[16];
	while (state_of_leader() != 'Z')
		usleep(100);
	snprintf(id, sizeof id, "%d", getpid());
	execl("/proc/thread-self/exe", arguments[0], id, NULL);
	die("execl");
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	check(gettid() == getpid());
	if (argc > 1) {
		check(atoi(argv[1]) == getpid());
		return 0;
	}
	arguments = argv;
	check(pthread_create(&thread, NULL, replace, NULL) == 0);
	syscall(SYS_exit, 3);
	return 1;
}
