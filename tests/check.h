/* cmocka, with what it needs around it, for every unit test. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
/* cmocka's fail() has the name of ours, and gives no words. */
#undef fail
#undef fail_msg
#define fail_msg(...)                                                                                        \
	do {                                                                                                 \
		print_error(__VA_ARGS__);                                                                    \
		print_error("\n");                                                                           \
		_fail(__FILE__, __LINE__);                                                                   \
	} while (0)
