/* Blocks SIGUSR1, waits in the call of the argument with a mask that lets it in, and finds it handled when the call returns.

   The argument is ppoll, pselect6, epoll_pwait, epoll_pwait2, io_pgetevents, io_uring_enter or rt_sigsuspend. A
   kernel without the call is as good as one that does it. */
#include "guest.h"

#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static volatile sig_atomic_t handled;
static const unsigned long none;
static const struct {
	const unsigned long *mask;
	size_t size;
} no_mask = {&none, 8};

static void handle(int signo)
{
	(void)signo;
	handled++;
}

static char state_of(pid_t pid)
{
	char path[64], state = 0;
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	FILE *file = fopen(path, "r");
	check(file != NULL);
	check(fscanf(file, "%*d (%*[^)]) %c", &state) == 1);
	fclose(file);
	return state;
}

static long wait_in(const char *call)
{
	static struct epoll_event event;
	static struct io_event done;
	static struct io_uring_params parameters;
	aio_context_t context = 0;
	if (strcmp(call, "ppoll") == 0)
		return syscall(SYS_ppoll, NULL, 0, NULL, &none, 8);
	if (strcmp(call, "pselect6") == 0)
		return syscall(SYS_pselect6, 0, NULL, NULL, NULL, NULL, &no_mask);
	if (strcmp(call, "rt_sigsuspend") == 0)
		return syscall(SYS_rt_sigsuspend, &none, 8);
	if (strcmp(call, "epoll_pwait") == 0)
		return syscall(SYS_epoll_pwait, epoll_create1(0), &event, 1, -1, &none, 8);
	if (strcmp(call, "epoll_pwait2") == 0)
		return syscall(SYS_epoll_pwait2, epoll_create1(0), &event, 1, NULL, &none, 8);
	if (strcmp(call, "io_pgetevents") == 0) {
		check(syscall(SYS_io_setup, 1, &context) == 0);
		return syscall(SYS_io_pgetevents, context, 1, 1, &done, NULL, &no_mask);
	}
	int ring = syscall(SYS_io_uring_setup, 1, &parameters);
	return ring < 0 ? ring : syscall(SYS_io_uring_enter, ring, 0, 1, IORING_ENTER_GETEVENTS, &none, 8);
}

int main(int argc, char **argv)
{
	check(argc == 2);
	struct sigaction action = {.sa_handler = handle};
	check(sigaction(SIGUSR1, &action, NULL) == 0);
	sigset_t mask;
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	check(sigprocmask(SIG_BLOCK, &mask, NULL) == 0);
	volatile int *waits = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(waits != MAP_FAILED);
	pid_t parent = getpid(), child = fork();
	check(child >= 0);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (!*waits || state_of(parent) != 'S')
			usleep(100);
		check(kill(parent, SIGUSR1) == 0);
		_exit(0);
	}
	*waits = 1;
	long result = wait_in(argv[1]);
	int error = errno, at_return = handled;
	if (result < 0 && (error == ENOSYS || error == EPERM)) {
		kill(child, SIGKILL);
		return 0;
	}
	errno = error;
	check(result == -1 && error == EINTR);
	check(at_return == 1);
	sigset_t now;
	check(sigprocmask(SIG_BLOCK, NULL, &now) == 0 && sigismember(&now, SIGUSR1));
	int status;
	check(waitpid(child, &status, 0) == child && status == 0);
	check(handled == 1);
	return 0;
}
