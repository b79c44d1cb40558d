/* Makes calls from a page that it can execute and nothing else. */
#include "guest.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

int main(void)
{
	static const unsigned char code[] = {
		0x48, 0x89, 0xf8, /* mov %rdi, %rax */
		0x48, 0x89, 0xf7, /* mov %rsi, %rdi */
		0x31, 0xf6, 0x31, 0xd2, 0x4d, 0x31, 0xd2, 0x4d, 0x31, 0xc0, /* xor the others with themselves */
		0x0f, 0x05, /* syscall */
		0xc3, /* ret */
	};
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(page != MAP_FAILED);
	memcpy(page, code, sizeof code);
	check(mprotect(page, 4096, PROT_EXEC) == 0);
	long (*call)(long number, long first) = (long (*)(long, long))page;
	for (int i = 0; i < 5; i++) {
		int status;
		check(call(SYS_getppid, 0) == getppid());
		check(call(SYS_close, -1) == -EBADF);
		long child = call(SYS_clone, SIGCHLD);
		if (child == 0)
			_exit(call(SYS_getppid, 0) == getppid() ? 7 : 1);
		check(child > 0);
		check(waitpid(child, &status, 0) == child);
		check(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	}
	return 0;
}
