/* The least that a tracer does: what the kernel alone costs at a seccomp stop.
 *
 * usage: ctrace COMMAND [ARGS]...
 *
 * One stop per getppid: wait4 says that there is one, PTRACE_CONT lets it go on. Nothing is
 * read of the tracee, nothing is decided. Whatever another tracer costs above this is its own.
 */
#include "guest.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void install_filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		die("PR_SET_NO_NEW_PRIVS");
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		die("PR_SET_SECCOMP");
}

/* The child waits until it has been seized: a seccomp stop without a tracer is ENOSYS. */
static pid_t start(char **command)
{
	int permission[2];
	char byte = 0;
	pid_t pid;

	if (pipe(permission))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		close(permission[1]);
		if (read(permission[0], &byte, 1) != 1)
			_exit(99);
		close(permission[0]);
		install_filter();
		execvp(*command, command);
		die(*command);
	}
	close(permission[0]);
	if (ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL))
		die("PTRACE_SEIZE");
	if (write(permission[1], &byte, 1) != 1)
		die("write");
	close(permission[1]);
	return pid;
}

int main(int argc, char **argv)
{
	int status;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: ctrace COMMAND [ARGS]...\n");
		return 2;
	}
	pid = start(argv + 1);
	for (;;) {
		int signal = 0;

		if (wait4(pid, &status, __WALL, NULL) != pid)
			die("wait4");
		if (!WIFSTOPPED(status))
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (status >> 16 == 0)
			signal = WSTOPSIG(status); /* a signal-delivery-stop: it takes its course */
		if (ptrace(PTRACE_CONT, pid, 0, signal) && errno != ESRCH)
			die("PTRACE_CONT");
	}
}
