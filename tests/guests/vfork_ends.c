/* Vforks, bare; both sides find their registers as they were. The child sleeps, with the stack shared, and ends as the
   argument says: exit_group, exit, or execve of this program. */
#include "guest.h"

#include <sys/syscall.h>
#include <sys/wait.h>

#define EACH_REGISTER(do_) \
	do_(rdi, 0) do_(rsi, 1) do_(rdx, 2) do_(r10, 3) do_(r8, 4) do_(r9, 5) \
	do_(rbx, 6) do_(r12, 7) do_(r13, 8) do_(r14, 9) do_(r15, 10)
#define MARK(index) (0x1111111111111111ul * (index + 1))
#define SET(name, index) register unsigned long name __asm__(#name) = MARK(index);
#define KEPT(name, index) , "+r"(name)
#define STORE(name, index) found[index] = name;

int main(int argc, char **argv)
{
	unsigned long found[11];
	long child;
	if (argc == 3)
		return 0;
	check(argc == 2);
	{
		EACH_REGISTER(SET)
		/* No function: the child would return from it, and leave the parent another's return address. */
		__asm__ volatile("syscall" : "=a"(child) EACH_REGISTER(KEPT) : "0"(SYS_vfork) : "rcx", "r11", "memory");
		EACH_REGISTER(STORE)
	}
	for (int i = 0; i < 11; i++)
		check(found[i] == MARK(i));
	check(child >= 0);
	if (child == 0) {
		struct timespec pause = {0, 1000000};
		check(nanosleep(&pause, NULL) == 0);
		if (strcmp(argv[1], "exit_group") == 0)
			syscall(SYS_exit_group, 0);
		if (strcmp(argv[1], "exit") == 0)
			exit(0);
		execl("/proc/self/exe", argv[0], argv[1], "again", NULL);
		_exit(98);
	}
	int status;
	check(waitpid(child, &status, 0) == child);
	check(status == 0);
	syscall(SYS_exit_group, 0);
	return 98;
}
