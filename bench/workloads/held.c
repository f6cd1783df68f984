/* Workloads inside a program, for AREA.held.q: functions whose arguments, results and durations are known. */
#include <stdio.h>
#include <string.h>

#include "work.h"

/* What a caller passes must be passed: the compiler may neither clone these functions nor know what they return. */
#define TRACED __attribute__((noinline, noipa))

TRACED long apply_discount(long cents, int percent)
{
	return cents - cents * percent / 100;
}

TRACED long encode_frame(const void *data, size_t length)
{
	__asm__ volatile("" ::"r"(data) : "memory");
	return (long)length + 8;
}

/* Names that begin with x are unknown: -2. */
TRACED long find_customer(const char *name)
{
	return *name == 'x' ? -2 : (long)strlen(name);
}

TRACED const char *make_token(const char *colour)
{
	static char token[64];

	snprintf(token, sizeof(token), "tok-%s", colour);
	return token;
}

TRACED void flush_batch(unsigned long items)
{
	__asm__ volatile("" ::"r"(items) : "memory");
}

TRACED int pack_parcel(long ms)
{
	nap_ms(ms);
	return 0;
}

static int run_discount(char **args)
{
	for (long i = 0; i < number(args[0]); i++)
		apply_discount(number(args[1]), (int)number(args[2]));
	return 0;
}

static int run_frame(char **args)
{
	static char data[8];

	for (long i = 0; i < number(args[0]); i++)
		encode_frame(data, (size_t)number(args[1]));
	return 0;
}

static int run_customer(char **args)
{
	for (long i = 0; i < number(args[0]); i++)
		find_customer(args[1]);
	return 0;
}

static int run_token(char **args)
{
	for (long i = 0; i < number(args[0]); i++)
		make_token(args[1]);
	return 0;
}

static int run_batch(char **args)
{
	for (long i = 0; i < number(args[0]); i++)
		flush_batch((unsigned long)number(args[1]));
	return 0;
}

static int run_parcel(char **args)
{
	TIMES(number(args[0]), pack_parcel(number(args[1])));
	return 0;
}

const struct op held_ops[] = {
	{"discount", "N CENTS PERCENT", NULL, run_discount},
	{"frame", "N LENGTH", NULL, run_frame},
	{"customer", "N NAME", NULL, run_customer},
	{"token", "N COLOUR", NULL, run_token},
	{"batch", "N ITEMS", NULL, run_batch},
	{"parcel", "N MS", NULL, run_parcel},
	{NULL, NULL, NULL, NULL},
};
