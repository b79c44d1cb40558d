/* A timer of the kind SIGEV_THREAD starts a thread at each of its expirations, three times. */
#include "guest.h"

#include <semaphore.h>
#include <signal.h>
#include <time.h>

static sem_t expired;
static pid_t main_tid;

static void tick(union sigval value)
{
	check(value.sival_int == 4711);
	check(gettid() != main_tid);
	sem_post(&expired);
}

int main(void)
{
	timer_t timer;
	struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = tick};
	struct itimerspec times = {{0, 3000000}, {0, 1000000}};
	event.sigev_value.sival_int = 4711;
	main_tid = gettid();
	sem_init(&expired, 0, 0);
	check(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
	check(timer_settime(timer, 0, &times, NULL) == 0);
	for (int i = 0; i < 3; i++)
		while (sem_wait(&expired) != 0)
			check(errno == EINTR);
	check(timer_delete(timer) == 0);
	return 0;
}
