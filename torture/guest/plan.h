/* Walking a plan's text: (name id number... (name ...) (name ...)). */
#ifndef TORTURE_PLAN_H
#define TORTURE_PLAN_H

#include "raw.h"

struct step {
	char name[16];
	int id;
	int count;
	long a[16];	  /* its numbers; those that are not there are 0 */
	const char *body; /* its first step, or its closing parenthesis */
	const char *next; /* behind it */
};

static const char *skip_step(const char *text)
{
	int depth = 0;
	do {
		depth += *text == '(';
		depth -= *text == ')';
		if (!*text)
			leave(96);
		text++;
	} while (depth);
	return text;
}

static const char *skip_space(const char *text)
{
	while (*text == ' ')
		text++;
	return text;
}

static const char *read_number(const char *text, long *number)
{
	*number = 0;
	while (*text >= '0' && *text <= '9')
		*number = *number * 10 + (*text++ - '0');
	return skip_space(text);
}

static void read_step(const char *text, struct step *step)
{
	*step = (struct step){.next = skip_space(skip_step(text))};
	unsigned length = 0;
	for (text++; *text != ' ' && *text != ')' && length < sizeof step->name - 1; text++)
		step->name[length++] = *text;
	long number = 0;
	text = read_number(skip_space(text), &number);
	step->id = number;
	while (*text >= '0' && *text <= '9' && step->count < 16)
		text = read_number(text, &step->a[step->count++]);
	step->body = text;
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

__attribute__((noreturn)) static void fail(const struct step *step, const char *what, int line, long found)
{
	struct line text = {.length = 0};
	put(&text, "FAILED ");
	put(&text, step->name);
	put(&text, " ");
	put_number(&text, step->id);
	put(&text, " line ");
	put_number(&text, line);
	put(&text, ": ");
	put(&text, what);
	put(&text, ", found ");
	put_number(&text, found);
	say(&text);
	leave(99);
}

/* Where the step is called `s`: end the process, saying what was found, unless the two are equal. */
#define want(found, expected)                                                                          \
	do {                                                                                           \
		long found_ = (long)(found);                                                           \
		if (found_ != (long)(expected))                                                        \
			fail(s, #found " == " #expected, __LINE__, found_);          \
	} while (0)
#define want_born(pid)                                                                                 \
	do {                                                                                           \
		if ((long)(pid) < 0)                                                                   \
			fail(s, "no birth", __LINE__, pid);                                            \
	} while (0)
#define want_true(condition)                                                                           \
	do {                                                                                           \
		if (!(condition))                                                                      \
			fail(s, #condition, __LINE__, 0);                            \
	} while (0)

#endif
