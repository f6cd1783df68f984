/* For tests that plan on the running kernel: the real vocabulary and the kernel, as one set-up. */
#pragma once
#include "check.h"
#include "kernel/kernel.h"

static struct vocabulary *vocabulary;
static struct kernel *kernel;

static int setup(void **state)
{
	(void)state;
	vocabulary = real_vocabulary();
	kernel = kernel_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	kernel_free(kernel);
	vocabulary_free(vocabulary);
	return 0;
}
