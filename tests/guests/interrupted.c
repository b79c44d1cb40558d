/* Blocks in a call until its child sends a signal, and sees what signal(7) says of such a call.

   interrupted CALL HOW: CALL is read, nanosleep, pause, poll or futex; HOW is handler, restart
   (a handler with SA_RESTART) or ignored (a signal that nobody handles, so that nothing is to be seen). */
#include "guest.h"

#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

static struct {
	int about_to_block;
	int word;
} *shared;
static int ends[2];
static volatile sig_atomic_t handled;

static void handle(int signo)
{
	(void)signo;
	handled++;
}

static void await_sleep(pid_t pid)
{
	char path[64], state = 0;
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	while (!__atomic_load_n(&shared->about_to_block, __ATOMIC_ACQUIRE))
		usleep(100);
	while (state != 'S') {
		FILE *file = fopen(path, "r");
		check(file != NULL);
		check(fscanf(file, "%*d (%*[^)]) %c", &state) == 1);
		fclose(file);
	}
}

static void send_and_wake(pid_t parent, int signo, int again, int end)
{
	await_sleep(parent);
	check(kill(parent, signo) == 0);
	if (!again)
		_exit(0);
	usleep(1000);
	await_sleep(parent);
	check(kill(parent, SIGWINCH) == 0); /* once more, on a call that was restarted already */
	usleep(1000);
	await_sleep(parent);
	check(write(ends[1], "w", 1) == 1);
	shared->word = 1;
	check(syscall(SYS_futex, &shared->word, FUTEX_WAKE, 1, NULL, NULL, 0) >= 0);
	if (end)
		kill(parent, SIGUSR2);
	_exit(0);
}

static int block(const char *call)
{
	char byte;
	struct timespec time = {0, 300000000};
	struct pollfd ready = {.fd = ends[0], .events = POLLIN};
	__atomic_store_n(&shared->about_to_block, 1, __ATOMIC_RELEASE);
	if (strcmp(call, "read") == 0)
		return read(ends[0], &byte, 1) == 1 ? 0 : errno;
	if (strcmp(call, "nanosleep") == 0)
		return syscall(SYS_nanosleep, &time, &time) == 0 ? 0 : errno;
	if (strcmp(call, "pause") == 0)
		return pause() == 0 ? 0 : errno;
	if (strcmp(call, "poll") == 0)
		return poll(&ready, 1, 10000) == 1 ? 0 : errno;
	if (strcmp(call, "futex") == 0)
		return syscall(SYS_futex, &shared->word, FUTEX_WAIT, 0, NULL, NULL, 0) == 0 ? 0 : errno;
	die(call);
}

int main(int argc, char **argv)
{
	check(argc == 3);
	int restart = strcmp(argv[2], "restart") == 0, ignored = strcmp(argv[2], "ignored") == 0;
	int returns_eintr = strcmp(argv[1], "read") && strcmp(argv[1], "futex");
	int expected = (ignored || (restart && !returns_eintr)) ? 0 : EINTR;
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(shared != MAP_FAILED);
	check(pipe(ends) == 0);
	struct sigaction action = {.sa_handler = handle, .sa_flags = restart ? SA_RESTART : 0};
	check(sigaction(SIGUSR1, &action, NULL) == 0);
	action.sa_flags = 0;
	check(sigaction(SIGUSR2, &action, NULL) == 0);
	pid_t parent = getpid(), child = fork();
	check(child >= 0);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		send_and_wake(parent, ignored ? SIGWINCH : SIGUSR1, expected == 0, strcmp(argv[1], "pause") == 0);
	}
	int error = block(argv[1]);
	if (strcmp(argv[1], "pause") == 0 && ignored)
		expected = EINTR; /* by SIGUSR2, in the end */
	errno = error;
	check(error == expected);
	check(ignored || handled >= 1);
	return 0;
}
