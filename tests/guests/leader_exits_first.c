/* The leader ends by exit(2) while another thread lives on, which then ends the process with 0. */
#include "guest.h"

#include <pthread.h>
#include <sys/syscall.h>

static void *outlive(void *unused)
{
	char path[64], state = 0;
	snprintf(path, sizeof path, "/proc/self/task/%d/stat", getpid());
	while (state != 'Z') { /* an ended leader stays as a zombie */
		FILE *file = fopen(path, "r");
		check(file != NULL);
		check(fscanf(file, "%*d (%*[^)]) %c", &state) == 1);
		fclose(file);
	}
	syscall(SYS_exit_group, 0);
	return unused;
}

int main(void)
{
	pthread_t thread;
	check(pthread_create(&thread, NULL, outlive, NULL) == 0);
	syscall(SYS_exit, 3);
	return 1;
}
