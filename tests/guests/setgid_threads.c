/* Changes its group id, as root, or keeps it, with four threads: blocked in calls and in a loop; all of them change. */
#include "guest.h"

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>

enum { THREADS = 4 };

static pthread_barrier_t ready;
static int gates[THREADS][2];
static gid_t wanted;
static int spinning = 1;

static void *live(void *number)
{
	int *gate = gates[(long)number];
	char byte;
	sigset_t set;
	pthread_barrier_wait(&ready);
	switch ((long)number) {
	case 0:
		sigfillset(&set);
		while (sigwaitinfo(&set, NULL) != SIGUSR1)
			check(errno == EINTR);
		break;
	case 1:
		while (__atomic_load_n(&spinning, __ATOMIC_ACQUIRE))
			;
		break;
	default:
		check(read(gate[0], &byte, 1) == 1);
	}
	check((gid_t)syscall(SYS_getegid) == wanted);
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	check(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
	pthread_barrier_init(&ready, NULL, THREADS + 1);
	for (long i = 0; i < THREADS; i++) {
		check(pipe(gates[i]) == 0);
		check(pthread_create(&threads[i], NULL, live, (void *)i) == 0);
	}
	pthread_barrier_wait(&ready);
	wanted = getegid();
	for (int i = 0; i < 5; i++) {
		if (geteuid() == 0)
			wanted = 4711 + i;
		check(setresgid(-1, wanted, -1) == 0);
		check(getegid() == wanted);
	}
	check(pthread_kill(threads[0], SIGUSR1) == 0);
	__atomic_store_n(&spinning, 0, __ATOMIC_RELEASE);
	for (int i = 0; i < THREADS; i++) {
		check(write(gates[i][1], "g", 1) == 1);
		check(pthread_join(threads[i], NULL) == 0);
	}
	return 0;
}
