/* System call numbers and names, compiled in from the header of the machine that is built for. */
#include <string.h>
#include "kernel/kernel.h"

static const struct {
	long number;
	const char *name;
} table[] = {
#include "syscalls.inc"
};

/* Where the tracepoint sys_enter_NAME has the name of the kernel's function, not of the call. */
static const struct {
	const char *tracepoint, *name;
} renamed[] = {
	{ "newstat", "stat" },	 { "newfstat", "fstat" },	{ "newlstat", "lstat" },
	{ "newuname", "uname" }, { "sendfile64", "sendfile" }, { "umount", "umount2" },
};

const char *syscall_name(long number)
{
	size_t low = 0, high = COUNT(table);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table[middle].number == number)
			return table[middle].name;
		if (table[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

long syscall_number(const char *name)
{
	for (size_t i = 0; i < COUNT(table); i++)
		if (strcmp(table[i].name, name) == 0)
			return table[i].number;
	for (size_t i = 0; i < COUNT(renamed); i++)
		if (strcmp(renamed[i].tracepoint, name) == 0)
			return syscall_number(renamed[i].name);
	return -1;
}
