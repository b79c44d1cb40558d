/* New processes, in all the ways that there are, and how they are waited for. */
#ifndef TORTURE_BIRTHS_H
#define TORTURE_BIRTHS_H

#include "threads.h"

#include <sys/prctl.h>

/* How a thread lives: with the C library, or without what belongs to it. */
struct self {
	bool library;
};

enum { BY_LIBRARY, BY_FORK, BY_CLONE, BY_CLONE3, BIRTHS };

static long born(int how, const struct self *me, struct self *child)
{
	child->library = false;
	if (how == BY_LIBRARY && me->library) {
		child->library = true;
		pid_t pid = fork();
		return pid < 0 ? -errno : pid;
	}
	if (how == BY_CLONE)
		return sys(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (how == BY_CLONE3) {
		struct clone_args arguments = {.exit_signal = SIGCHLD};
		long pid = sys(SYS_clone3, &arguments, sizeof arguments);
		if (pid != -ENOSYS)
			return pid;
	}
	return sys(SYS_fork);
}

/* A child for a step's own purposes. */
static long child_of(const struct step *s, int how)
{
	struct self me = {false}, child;
	long pid = born(how == BY_LIBRARY ? BY_FORK : how, &me, &child);
	want_born(pid);
	return pid;
}

static long wait_for(const struct step *s, long pid, int options)
{
	int status = 0;
	long found;
	do
		found = sys(SYS_wait4, pid, &status, options, 0);
	while (found == -EINTR);
	want(found, pid);
	return status & ~0x80; /* whether a core was dumped is the machine's business */
}

#define EXITED(code) ((code) << 8)

/* End with the parent thread, whatever becomes of it. */
static void die_with(long parent)
{
	sys(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
	if (sys(SYS_getppid) != parent)
		leave(0);
}

static void open_pipe(const struct step *s, int ends[2])
{
	want(sys(SYS_pipe2, ends, 0), 0);
}

static void close_pipe(int ends[2])
{
	sys(SYS_close, ends[0]);
	sys(SYS_close, ends[1]);
}

static long read_whole(int fd, void *buffer, long bytes)
{
	long done = 0;
	while (done < bytes) {
		long result = sys(SYS_read, fd, (char *)buffer + done, bytes - done);
		if (result == -EINTR)
			continue;
		if (result <= 0)
			return result;
		done += result;
	}
	return done;
}

static long write_whole(int fd, const void *buffer, long bytes)
{
	long done = 0;
	while (done < bytes) {
		long result = sys(SYS_write, fd, (const char *)buffer + done, bytes - done);
		if (result == -EINTR)
			continue;
		if (result <= 0)
			return result;
		done += result;
	}
	return done;
}

/* One byte, to say "go on" with. */
static void tell(const struct step *s, int fd)
{
	want(write_whole(fd, "!", 1), 1);
}

static void hear(const struct step *s, int fd)
{
	char byte = 0;
	want(read_whole(fd, &byte, 1), 1);
	want(byte, '!');
}

#endif
