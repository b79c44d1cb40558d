/* Unmaps its vDSO, moves it away, or makes it read-only, as its argument says; then calls, forks, starts a thread and handles signals. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static volatile sig_atomic_t signals, traps;

static void handle(int signo)
{
	if (signo == SIGTRAP)
		traps++;
	else
		signals++;
}

static void *live(void *unused)
{
	check(syscall(SYS_gettid) != syscall(SYS_getpid));
	return unused;
}

static size_t length_of(unsigned long start)
{
	char line[256];
	unsigned long from, to;
	FILE *maps = fopen("/proc/self/maps", "r");
	check(maps != NULL);
	while (fgets(line, sizeof line, maps))
		if (sscanf(line, "%lx-%lx", &from, &to) == 2 && from == start) {
			fclose(maps);
			return to - from;
		}
	die("no vDSO");
}

static void take_away(const char *how)
{
	char *vdso = (char *)getauxval(AT_SYSINFO_EHDR);
	size_t length = length_of((unsigned long)vdso);
	if (strcmp(how, "unmap") == 0)
		check(munmap(vdso, length) == 0);
	else if (strcmp(how, "protect") == 0)
		check(mprotect(vdso, length, PROT_READ) == 0);
	else {
		char *place = mmap(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		check(place != MAP_FAILED);
		check(mremap(vdso, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place);
	}
}

int main(int argc, char **argv)
{
	int status;
	pthread_t thread;
	check(argc == 2);
	signal(SIGUSR1, handle);
	signal(SIGTRAP, handle);
	take_away(argv[1]);
	check(syscall(SYS_getppid) > 0);
	check(raise(SIGUSR1) == 0 && signals == 1);
	pid_t child = fork();
	check(child >= 0);
	if (child == 0)
		_exit(syscall(SYS_getpid) == syscall(SYS_gettid) ? 7 : 1);
	check(waitpid(child, &status, 0) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	check(pthread_create(&thread, NULL, live, NULL) == 0);
	check(pthread_join(thread, NULL) == 0);
	__asm__ volatile("nop\n\t nop\n\t nop\n\t int3");
	check(traps == 1);
	return 0;
}
