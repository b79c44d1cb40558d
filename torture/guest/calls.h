/* Steps of plain calls: ids, files, memory, pipes, futexes. */
#ifndef TORTURE_CALLS_H
#define TORTURE_CALLS_H

#include "births.h"

#include <fcntl.h>

static void call_ids(const struct step *s)
{
	long pid = sys(SYS_getpid), tid = sys(SYS_gettid);
	want_true(pid > 0 && tid > 0);
	for (int i = 0; i < s->a[0]; i++) {
		want(sys(SYS_getpid), pid);
		want(sys(SYS_gettid), tid);
		want(sys(SYS_sched_yield), 0);
	}
}

static void call_file(const struct step *s)
{
	char text[64], found[64];
	for (int i = 0; i < 64; i++)
		text[i] = s->id + i;
	long file = sys(SYS_memfd_create, "torture", 0);
	want_true(file >= 0);
	for (int i = 0; i < s->a[0]; i++) {
		want(sys(SYS_pwrite64, file, text, 64, i * 64), 64);
		want(sys(SYS_pread64, file, found, 64, i * 64), 64);
		for (int at = 0; at < 64; at++)
			want(found[at], text[at]);
	}
	want(sys(SYS_lseek, file, 0, SEEK_END), s->a[0] * 64);
	want(sys(SYS_close, file), 0);
}

static void call_memory(const struct step *s)
{
	for (int i = 0; i < s->a[0]; i++) {
		long *page = map(8192);
		page[0] = i;
		page[1023] = -i;
		want(sys(SYS_mprotect, page, 4096, PROT_READ), 0);
		want(page[0], i);
		want(page[1023], -i);
		want(sys(SYS_munmap, page, 8192), 0);
	}
}

static void call_wrongly(const struct step *s)
{
	static char *nothing[] = {0};
	for (int i = 0; i < s->a[0]; i++) {
		want(sys(SYS_close, -1), -EBADF);
		want(sys(100000 + i), -ENOSYS);
		want(sys(SYS_openat, AT_FDCWD, "/nonexistent/file", O_RDONLY), -ENOENT);
		want(sys(SYS_execve, "/nonexistent/program", nothing, nothing), -ENOENT);
		want(sys(SYS_pipe2, 8, 0), -EFAULT);
		want(sys(SYS_wait4, sys(SYS_getpid), 0, 0, 0), -ECHILD);
	}
}

/* (calls id times which): calls whose results are known. */
static void do_calls(const struct step *s)
{
	static void (*const kinds[])(const struct step *) = {call_ids, call_file, call_memory, call_wrongly};
	kinds[s->a[1] % 4](s);
}

/* (bytes id count piece how): a child writes bytes in pieces, we read them in others. */
static void do_bytes(const struct step *s)
{
	int ends[2];
	long count = s->a[0], piece = s->a[1];
	unsigned char buffer[1000];
	open_pipe(s, ends);
	long pid = child_of(s, s->a[2]);
	if (pid == 0) {
		sys(SYS_close, ends[0]);
		for (long done = 0, now; done < count; done += now) {
			now = count - done < piece ? count - done : piece;
			for (long i = 0; i < now; i++)
				buffer[i] = (done + i) * 7 + s->id;
			want(write_whole(ends[1], buffer, now), now);
		}
		leave(3);
	}
	for (long done = 0, now; done < count; done += now) {
		long room = (done * 31 + 17) % sizeof buffer + 1;
		now = sys(SYS_read, ends[0], buffer, room < count - done ? room : count - done);
		if (now == -EINTR)
			now = 0;
		want_true(now >= 0);
		for (long i = 0; i < now; i++)
			want(buffer[i], (unsigned char)((done + i) * 7 + s->id));
	}
	want(wait_for(s, pid, 0), EXITED(3));
	close_pipe(ends);
}

struct game {
	atomic_int turn;
	int rounds;
	int with_timeout;
	const struct step *step;
};

static void play(struct game *game, int me)
{
	const struct step *s = game->step;
	struct timespec long_time = {1000, 0};
	for (int i = 0; i < game->rounds; i++) {
		int found;
		while ((found = atomic_load(&game->turn)) % 2 != me) {
			long result = futex(&game->turn, FUTEX_WAIT, found, game->with_timeout ? &long_time : 0);
			want_true(result == 0 || result == -EAGAIN || result == -EINTR);
		}
		atomic_fetch_add(&game->turn, 1);
		futex(&game->turn, FUTEX_WAKE, 1, 0);
	}
}

static void play_second(void *game)
{
	play(game, 1);
}

/* (pingpong id rounds bare timeout): two threads in turn, by a futex. */
static void do_pingpong(const struct step *s, const struct self *me)
{
	struct game game = {.rounds = s->a[0], .with_timeout = s->a[2], .step = s};
	struct thread thread;
	start(s, &thread, s->a[1] || !me->library, play_second, &game);
	play(&game, 0);
	join(s, &thread);
	want(atomic_load(&game.turn), 2 * game.rounds);
}

#endif
