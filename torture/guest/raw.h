/* System calls without the C library: no errno, no thread-local storage, no locks.
 *
 * So everything here also works in a thread made by the bare clone, and in a child that was forked while
 * another thread held one of the C library's locks. Results are the kernel's: -errno where a call failed.
 */
#ifndef TORTURE_RAW_H
#define TORTURE_RAW_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static inline long sys6(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

#define SYS_ARGS_(n, a, b, c, d, e, f, ...) sys6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define sys(...) SYS_ARGS_(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

/* Make a thread or process that calls fn(arg) on a stack of its own; fn does not return. */
static long clone_on(unsigned long flags, void *top, atomic_int *tid, void (*fn)(void *), void *arg)
{
	void **stack = (void **)((unsigned long)top & ~15ul) - 2;
	stack[0] = (void *)fn;
	stack[1] = arg;
	register long r10 __asm__("r10") = (long)tid;
	register long r8 __asm__("r8") = 0;
	long result;
	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "pop %%rax\n\t"
			 "pop %%rdi\n\t"
			 "call *%%rax\n\t"
			 "ud2\n"
			 "1:"
			 : "=a"(result)
			 : "a"(SYS_clone), "D"(flags), "S"(stack), "d"(tid), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory", "cc");
	return result;
}

__attribute__((noreturn)) static void leave(int code)
{
	for (;;)
		sys(SYS_exit_group, code);
}

__attribute__((noreturn)) static void leave_thread(int code)
{
	for (;;)
		sys(SYS_exit, code);
}

/* Text for one line, written by one call: a line is shorter than PIPE_BUF, so it is not torn. */
struct line {
	char text[400];
	unsigned length;
};

static void put(struct line *line, const char *text)
{
	while (*text && line->length < sizeof line->text - 1)
		line->text[line->length++] = *text++;
}

static void put_number(struct line *line, long number)
{
	char digits[24];
	int at = sizeof digits;
	unsigned long rest = number < 0 ? -(unsigned long)number : (unsigned long)number;
	digits[--at] = 0;
	do
		digits[--at] = '0' + rest % 10;
	while (rest /= 10);
	if (number < 0)
		digits[--at] = '-';
	put(line, &digits[at]);
}

static void say(struct line *line)
{
	line->text[line->length++] = '\n';
	unsigned done = 0;
	while (done < line->length) {
		long wrote = sys(SYS_write, 1, line->text + done, line->length - done);
		if (wrote > 0)
			done += wrote;
		else if (wrote != -EINTR)
			leave(98);
	}
}

static long now_ns(void)
{
	struct timespec now;
	sys(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000l + now.tv_nsec;
}

static void nap_us(long us)
{
	struct timespec time = {us / 1000000, us % 1000000 * 1000};
	sys(SYS_nanosleep, &time, 0);
}

static void *map(unsigned long bytes)
{
	long address = sys(SYS_mmap, 0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (address < 0 && address > -4096)
		leave(97);
	return (void *)address;
}

static long futex(atomic_int *word, int operation, int value, const struct timespec *timeout)
{
	return sys(SYS_futex, word, operation, value, timeout, 0, 0);
}

#endif
