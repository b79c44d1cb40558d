/* Eight threads count themselves and then do as the argument says; the leader prints the count and ends by exit_group.

   futex: they wait for a word, for 600 s; mutex: they wait for a lock; mixed: every other one ends by exit(2), and the
   others wait for a word. The leader waits until each is asleep or gone. */
#include "guest.h"

#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>

enum { THREADS = 8 };

static const char *how;
static int word, count;
static pid_t tids[THREADS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int ends_itself(long number)
{
	return number % 2 && strcmp(how, "mixed") == 0;
}

static void *block(void *number)
{
	struct timespec time = {600, 0};
	tids[(long)number] = gettid();
	__atomic_add_fetch(&count, 1, __ATOMIC_RELEASE);
	if (ends_itself((long)number))
		syscall(SYS_exit, 0);
	if (strcmp(how, "mutex") == 0)
		pthread_mutex_lock(&lock);
	syscall(SYS_futex, &word, FUTEX_WAIT, 0, &time, NULL, 0);
	die("a thread went on");
	return NULL;
}

int main(int argc, char **argv)
{
	check(argc == 2);
	how = argv[1];
	pthread_mutex_lock(&lock);
	for (long i = 0; i < THREADS; i++) {
		pthread_t thread;
		check(pthread_create(&thread, NULL, block, (void *)i) == 0);
	}
	while (__atomic_load_n(&count, __ATOMIC_ACQUIRE) < THREADS)
		usleep(100);
	for (long i = 0; i < THREADS; i++) {
		if (!ends_itself(i))
			await_state(tids[i], 'S');
		else
			while (syscall(SYS_tgkill, getpid(), tids[i], 0) == 0)
				usleep(100);
	}
	dprintf(STDOUT_FILENO, "%d\n", count);
	syscall(SYS_exit_group, 0);
	return 98;
}
