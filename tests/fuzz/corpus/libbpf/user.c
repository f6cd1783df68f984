// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/* count page faults by process
 *
 * The user's half: loads mem-fault.bpf.o, which is part of it, and shows what that sees. Written by syswhy. */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <linux/perf_event.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "mem-fault.h"

#define LINKS_MOST 1024

/* The kernel's half, as the assembler finds it beside this file. */
__asm__(".section .rodata\n"
	".balign 8\n"
	"kernel_half: .incbin \"mem-fault.bpf.o\"\n"
	"kernel_half_end: .previous\n");
extern const char kernel_half[], kernel_half_end[];

static struct {
	double seconds, interval; /* 0: until Ctrl-C; no intervals */
	long rows;
	bool verbose;
} options = { 0 };

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* ---- cells ---- */

/* Text of the kernel's and of programs, with nothing that a terminal would obey. */
static void say(const char *text, size_t most, int width)
{
	int shown = 0;

	for (size_t i = 0; i < most && text[i]; i++, shown++)
		putchar(iscntrl((unsigned char)text[i]) ? '?' : text[i]);
	printf("%*s", shown < width ? width - shown : 0, "");
	putchar(' ');
}

/* ---- results ---- */

struct row {
	struct key key;
	struct value value;
};

static void head_say(void)
{
	printf("process                     count (faults)\n");
}

static void row_say(struct bpf_object *object, const struct row *row, double seconds)
{
	const struct key *key = &row->key;
	const struct value *value = &row->value;

	say(key->process, sizeof(key->process), 16);
	printf("%16llu", value->count);
	putchar('\n');
	(void)object;
	(void)key;
	(void)seconds;
}

static double weight(const struct value *value)
{
	return value->count;
}

static int by_weight(const void *a, const void *b)
{
	double x = weight(&((const struct row *)a)->value), y = weight(&((const struct row *)b)->value);

	return (x < y) - (x > y);
}

/* Takes all rows out of the map, so that the next interval begins with nothing. */
static size_t rows_take(int map, struct row *rows)
{
	struct key key;
	size_t count = 0;

	while (count < RESULTS_MOST && bpf_map_get_next_key(map, NULL, &key) == 0) {
		rows[count].key = key;
		if (bpf_map_lookup_and_delete_elem(map, &key, &rows[count].value) == 0)
			count++;
		else if (errno != ENOENT)
			break;
	}
	return count;
}

static void results_say(struct bpf_object *object, double seconds)
{
	struct row *rows = calloc(RESULTS_MOST, sizeof(*rows));
	size_t count = rows ? rows_take(bpf_object__find_map_fd_by_name(object, "results"), rows) : 0, shown;

	if (count)
		qsort(rows, count, sizeof(*rows), by_weight);
	shown = options.rows > 0 && count > (size_t)options.rows ? (size_t)options.rows : count;
	if (count)
		head_say();
	else
		printf("nothing was seen\n");
	for (size_t i = 0; i < shown; i++)
		row_say(object, &rows[i], seconds);
	if (shown < count)
		printf("... and %zu more; -n shows more rows\n", count - shown);
	fflush(stdout);
	free(rows);
}

/* ---- sampling and counted events ---- */

static const struct sampler {
	const char *program;
	__u32 type;
	__u64 config, every;
	bool per_second; /* `every` is a frequency */
} samplers[] = {
	{ "on_page_faults_1", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, 1, false },
};

/* One event on each processor. */
static int sampler_attach(struct bpf_program *program, struct bpf_link **links, size_t *count)
{
	const struct sampler *sampler = samplers;
	int cpus = libbpf_num_possible_cpus(), opened = 0;

	while (sampler < samplers + sizeof(samplers) / sizeof(samplers[0]) - 1 && strcmp(sampler->program, bpf_program__name(program)) != 0)
		sampler++;
	for (int cpu = 0; cpu < cpus && *count < LINKS_MOST; cpu++) {
		struct perf_event_attr attr = { .type = sampler->type, .size = sizeof(attr), .config = sampler->config,
						.sample_period = sampler->every, .freq = sampler->per_second };
		int fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);

		if (fd < 0 && errno == ENODEV)
			continue; /* this processor is off */
		if (fd < 0)
			return -errno;
		links[*count] = bpf_program__attach_perf_event(program, fd);
		if (!links[*count]) {
			int code = -errno;

			close(fd);
			return code;
		}
		++*count;
		opened++;
	}
	return opened ? 0 : -ENODEV;
}

/* ---- the whole ---- */

static int attach(struct bpf_object *object, struct bpf_link **links, size_t *count)
{
	struct bpf_program *program;
	int failed = 0, code = 0;

	bpf_object__for_each_program(program, object) {
		if (bpf_program__type(program) == BPF_PROG_TYPE_PERF_EVENT) {
			code = sampler_attach(program, links, count);
			if (code) {
				fprintf(stderr, "%s cannot be attached: %s\n", bpf_program__name(program), strerror(-code));
				failed++;
			}
			continue;
		}
		if (*count == LINKS_MOST)
			break;
		links[*count] = bpf_program__attach(program);
		if (links[*count]) {
			++*count;
			continue;
		}
		code = -errno;
		fprintf(stderr, "%s cannot be attached: %s\n", bpf_program__section_name(program), strerror(errno));
		failed++;
	}
	return *count ? 0 : failed ? code : -ENOENT;
}

static int settings_set(struct bpf_object *object)
{
	struct settings settings = { .self = getpid() };
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".rodata.settings");

	return map ? bpf_map__set_initial_value(map, &settings, sizeof(settings)) : 0;
}

static void lost_say(struct bpf_object *object)
{
	struct lost lost = { 0 };
	__u32 key = 0;

	if (bpf_map_lookup_elem(bpf_object__find_map_fd_by_name(object, ".data.lost"), &key, &lost))
		return;
	if (lost.events)
		fprintf(stderr, "%llu events were lost: they came faster than they were read\n", lost.events);
	if (lost.keys)
		fprintf(stderr, "%llu events are in no row: there were too many different ones\n", lost.keys);
	if (lost.starts)
		fprintf(stderr, "%llu starts were not kept: too many were under way\n", lost.starts);
}

static int watch(struct bpf_object *object)
{
	double begin = now(), end = options.seconds ? begin + options.seconds : 0;
	double shot = begin;
	fprintf(stderr, "watching; Ctrl-C ends it\n");
	while (!stopped && (!end || now() < end)) {
		double next = options.interval ? shot + options.interval : end ? end : begin + 1e9, left;

		if (end && next > end)
			next = end;
		left = next - now();
		if (left > 0) {
			struct timespec rest = { .tv_sec = left, .tv_nsec = (left - (long)left) * 1e9 };

			nanosleep(&rest, NULL); /* a signal ends it early */
		}
		if (options.interval && !stopped && now() >= shot + options.interval) {
			printf("-- after %.1f s\n", now() - begin);
			results_say(object, now() - shot);
			shot = now();
		}
	}
	if (!options.interval || now() - shot > 0.05)
		results_say(object, now() - shot);
	return 0;
}

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_DEBUG && !options.verbose ? 0 : vfprintf(stderr, format, args);
}

static void usage(FILE *to)
{
	fprintf(to, "usage: mem-fault [OPTION...]\n"
		    "count page faults by process\n"
		    "Shows: count of page faults, by process.\n\n"
		    "  -t, --for SECONDS       how long to watch (default: until Ctrl-C)\n"
		    "  -i, --interval SECONDS  show the numbers so often, and begin anew\n"
		    "  -n, --top N             rows to show (default: all)\n"
		    "  -v, --verbose           what libbpf says while it loads\n"
		    "  -h, --help              this\n"
		    "Ctrl-C ends it and shows what was gathered. It needs root.\n");
}

static bool amount(const char *text, double *value)
{
	char *end;

	*value = strtod(text, &end);
	return end != text && !*end && *value > 0 && *value < 1e9;
}

static int options_read(int argc, char **argv)
{
	static const struct option known[] = { { "for", 1, NULL, 't' },     { "interval", 1, NULL, 'i' }, { "top", 1, NULL, 'n' },
					       { "count", 1, NULL, 'c' },   { "verbose", 0, NULL, 'v' },  { "help", 0, NULL, 'h' },
					       { 0 } };
	double value = 0;
	int option;

	while ((option = getopt_long(argc, argv, "t:i:n:vh", known, NULL)) >= 0) {
		if (optarg && !amount(optarg, &value)) {
			fprintf(stderr, "mem-fault: '%s' is no number above 0\n", optarg);
			return -1;
		}
		switch (option) {
		case 't': options.seconds = value; break;
		case 'i': options.interval = value; break;
		case 'n': options.rows = value; break;
		case 'v': options.verbose = true; break;
		case 'h': usage(stdout); exit(0);
		default: usage(stderr); return -1;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "mem-fault: '%s' is more than it takes\n", argv[optind]);
		return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = stop };
	struct bpf_link *links[LINKS_MOST] = { 0 };
	struct bpf_object *object;
	size_t count = 0;
	int code;

	if (options_read(argc, argv))
		return 2;
	libbpf_set_print(quiet);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	object = bpf_object__open_mem(kernel_half, kernel_half_end - kernel_half, NULL);
	if (!object) {
		fprintf(stderr, "the kernel's half cannot be read: %s\n", strerror(errno));
		return 1;
	}
	code = settings_set(object);
	if (!code)
		code = bpf_object__load(object);
	if (code) {
		fprintf(stderr, "the kernel does not take it: %s%s\n", strerror(-code), geteuid() ? " (it needs root)" : "");
		bpf_object__close(object);
		return 1;
	}
	code = attach(object, links, &count);
	if (code)
		fprintf(stderr, "nothing could be attached: %s\n", strerror(-code));
	else
		code = watch(object);
	lost_say(object);
	for (size_t i = 0; i < count; i++)
		bpf_link__destroy(links[i]);
	bpf_object__close(object);
	return code ? 1 : 0;
}
