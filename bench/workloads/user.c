/* Workloads inside a program: named functions with known arguments, results and durations, and USDT probes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "work.h"

/*
 * A USDT probe "bench:NAME" with one signed 8-byte argument: the note that systemtap's sys/sdt.h writes, spelled out
 * so that the header need not be installed (https://sourceware.org/systemtap/wiki/UserSpaceProbeImplementation).
 */
#define USDT(name, value)                                                                                    \
	__asm__ volatile("990: nop\n"                                                                        \
			 ".pushsection .note.stapsdt,\"\",\"note\"\n"                                        \
			 ".balign 4\n"                                                                       \
			 ".4byte 992f-991f, 994f-993f, 3\n"                                                  \
			 "991: .asciz \"stapsdt\"\n"                                                         \
			 "992: .balign 4\n"                                                                  \
			 "993: .8byte 990b\n"                                                                \
			 ".8byte _.stapsdt.base\n"                                                           \
			 ".8byte 0\n"                                                                        \
			 ".asciz \"bench\"\n"                                                                \
			 ".asciz \"" name "\"\n"                                                             \
			 ".asciz \"-8@%0\"\n"                                                                \
			 "994: .balign 4\n"                                                                  \
			 ".popsection\n"                                                                     \
			 ".ifndef _.stapsdt.base\n"                                                          \
			 ".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n"             \
			 ".weak _.stapsdt.base\n"                                                            \
			 ".hidden _.stapsdt.base\n"                                                          \
			 "_.stapsdt.base: .space 1\n"                                                        \
			 ".size _.stapsdt.base, 1\n"                                                         \
			 ".popsection\n"                                                                     \
			 ".endif\n" ::"nor"((long)(value)))

__attribute__((noinline)) int price_order(int quantity, const char *article)
{
	__asm__ volatile("" ::"r"(article) : "memory");
	return quantity * 3;
}

__attribute__((noinline)) int slow_query(long ms)
{
	nap_ms(ms);
	__asm__ volatile("" ::: "memory");
	return 0;
}

static __attribute__((noinline, noipa)) int run_call(char **args)
{
	TIMES(number(args[0]), price_order((int)number(args[1]), args[2]));
	return 0;
}

static int run_slowcall(char **args)
{
	TIMES(number(args[0]), slow_query(number(args[1])));
	return 0;
}

static int run_usdt(char **args)
{
	for (long i = 0; i < number(args[0]); i++)
		USDT("order", number(args[1]));
	return 0;
}

static int run_getenv(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		char *volatile found = getenv(args[1]);

		(void)found;
	}
	return 0;
}

static int run_strlen(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		char *volatile copy = strdup(args[1]);

		free(copy);
	}
	return 0;
}

__attribute__((noinline)) int charge_card(long cents, const char *currency)
{
	static long calls;

	__asm__ volatile("" ::"r"(currency) : "memory");
	return ++calls % 4 == 0 ? -1 : (int)(cents % 100);
}

__attribute__((noinline)) int load_template(const char *name)
{
	__asm__ volatile("" ::"r"(name) : "memory");
	return (int)strlen(name);
}

__attribute__((noinline)) int render_page(long ms)
{
	nap_ms(ms);
	__asm__ volatile("" ::: "memory");
	return 0;
}

/* Every fourth call returns -1. */
static int run_charge(char **args)
{
	for (long i = 0; i < number(args[0]); i++)
		charge_card(number(args[1]), "EUR");
	return 0;
}

static int run_template(char **args)
{
	TIMES(number(args[0]), load_template(args[1]));
	return 0;
}

/* N quick pages of 2 ms, then M slow ones of 60 ms. */
static int run_render(char **args)
{
	TIMES(number(args[0]), render_page(2));
	TIMES(number(args[1]), render_page(60));
	return 0;
}

static int run_payment(char **args)
{
	for (long i = 0; i < number(args[0]); i++)
		USDT("payment", number(args[1]));
	return 0;
}

static int run_fopen(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		FILE *file = fopen(args[1], "we");

		if (!file)
			return -1;
		fclose(file);
	}
	return 0;
}

const struct op user_ops[] = {
	{"call", "N QUANTITY ARTICLE", NULL, run_call},
	{"slowcall", "N MS", NULL, run_slowcall},
	{"usdt", "N VALUE", NULL, run_usdt},
	{"getenv", "N NAME", NULL, run_getenv},
	{"strdup", "N TEXT", NULL, run_strlen},
	{"charge", "N CENTS", NULL, run_charge},
	{"template", "N NAME", NULL, run_template},
	{"render", "N M", NULL, run_render},
	{"payment", "N VALUE", NULL, run_payment},
	{"fopen", "N PATH", NULL, run_fopen},
	{NULL, NULL, NULL, NULL},
};
