// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/* @{question}
 *
 * The user's half: loads @{name}.bpf.o, which is part of it, and shows what that sees. Written by syswhy. */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
@if address
#include <arpa/inet.h>
@end
#include <ctype.h>
@if stacks_or_symbols
#include <elfutils/libdwfl.h>
@end
#include <errno.h>
@if cgroup
#include <ftw.h>
@end
#include <getopt.h>
@if perf_event
#include <linux/perf_event.h>
@end
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
#include "@{name}.h"

#define LINKS_MOST @{links}

/* The kernel's half, as the assembler finds it beside this file. */
__asm__(".section .rodata\n"
	".balign 8\n"
	"kernel_half: .incbin \"@{name}.bpf.o\"\n"
	"kernel_half_end: .previous\n");
extern const char kernel_half[], kernel_half_end[];

static struct {
	double seconds, interval; /* 0: until Ctrl-C; no intervals */
@if results
	long rows;
@end
@if events
	unsigned long count; /* events to stop after; 0: none */
@end
	bool verbose;
} options = { @{defaults} };

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

@if say
/* Text of the kernel's and of programs, with nothing that a terminal would obey. */
static void say(const char *text, size_t most, int width)
{
	int shown = 0;

	for (size_t i = 0; i < most && text[i]; i++, shown++)
		putchar(iscntrl((unsigned char)text[i]) ? '?' : text[i]);
	printf("%*s", shown < width ? width - shown : 0, "");
	putchar(' ');
}
@end
@if number

static void say_number(long long number)
{
	printf("%12lld ", number);
}
@end
@if hex

static void say_hex(unsigned long long number)
{
	printf("%#18llx ", number);
}
@end
@if errno

static void say_errno(long long number)
{
	const char *name = number ? strerrorname_np(number < 0 ? -number : number) : "-";

	name ? say(name, 32, 12) : (void)printf("%12lld ", number);
}
@end
@if signal

static void say_signal(long long number)
{
	const char *name = number > 0 && number < NSIG ? sigabbrev_np(number) : NULL;

	name ? (void)printf("SIG%-9s ", name) : (void)printf("%12lld ", number);
}
@end
@if uid

static void say_user(long long number)
{
	struct passwd *entry = getpwuid(number);

	entry ? say(entry->pw_name, 32, 12) : (void)printf("%12lld ", number);
}
@end
@if dev

/* A device number as tracepoints have it, with 20 bits for the minor. */
static void say_device(unsigned long long number)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu:%llu", number >> 20, number & 0xfffff);
	say(text, sizeof(text), 8);
}
@end
@if state

/* As ps shows it (include/linux/sched.h). */
static void say_state(unsigned long long number)
{
	static const char letters[] = "RSDTtXZPI";
	static const unsigned bits[] = { 0, 1, 2, 4, 8, 0x10, 0x20, 0x40, 0x402 };
	int i = sizeof(bits) / sizeof(bits[0]) - 1;

	while (i && (number & bits[i]) != bits[i])
		i--;
	printf("%c ", letters[i]);
}
@end
@if cgroup

static __u64 cgroup_sought;
static char cgroup_path[512];

static int cgroup_visit(const char *path, const struct stat *info, int type, struct FTW *place)
{
	(void)place;
	if (type != FTW_D || info->st_ino != cgroup_sought)
		return 0;
	snprintf(cgroup_path, sizeof(cgroup_path), "%s", path);
	return 1;
}

/* A control group's id is the inode of its folder. */
static void say_cgroup(__u64 id)
{
	cgroup_sought = id;
	if (nftw("/sys/fs/cgroup", cgroup_visit, 16, FTW_PHYS) == 1)
		say(cgroup_path, sizeof(cgroup_path), 24);
	else
		printf("%12llu ", id);
}
@end
@if address

static void say_address(const void *bytes, size_t size)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	char text[INET6_ADDRSTRLEN] = "";

	if (size == 16 && memcmp(bytes, mapped, sizeof(mapped)) == 0)
		inet_ntop(AF_INET, (const char *)bytes + 12, text, sizeof(text)); /* IPv4 on a socket of IPv6 */
	else
		inet_ntop(size == 16 ? AF_INET6 : AF_INET, bytes, text, sizeof(text));
	say(text, sizeof(text), 20);
}
@end
@if argv

/* A command line: NULs part its words. */
static void say_words(const char *bytes, size_t size)
{
	while (size && !bytes[size - 1])
		size--;
	for (size_t i = 0; i < size; i++)
		putchar(bytes[i] && iscntrl((unsigned char)bytes[i]) ? '?' : bytes[i] ? bytes[i] : ' ');
	putchar(' ');
}
@end
@if symbols

struct name {
	long long number;
	const char *name;
};
@end
@if enum

static void say_enum(const struct name *names, long long number)
{
	for (; names->name; names++)
		if (names->number == number) {
			say(names->name, 64, 12);
			return;
		}
	printf("%12lld ", number);
}
@end
@if flags

static void say_flags(const struct name *names, unsigned long long number)
{
	const char *between = "";

	for (; names->name; names++)
		if (names->number && (number & names->number) == (unsigned long long)names->number) {
			printf("%s%s", between, names->name);
			between = "|";
			number &= ~names->number;
		}
	if (number || !*between)
		printf("%s%#llx", between, number);
	putchar(' ');
}
@end
@if syscalls

static void say_syscall(unsigned long long number)
{
	static const char *const syscalls[] = {
#include "syscalls.inc"
	};
	const char *name = number < sizeof(syscalls) / sizeof(syscalls[0]) ? syscalls[number] : NULL;

	name ? say(name, 64, 18) : (void)printf("%18lld ", number);
}
@end
@if names

static const char *const names[] = {
@{names}};
@end
@{tables}
@if stacks_or_symbols

/* ---- symbols ---- */

static struct kernel_symbol {
	__u64 address;
	char name[56];
} *kernel_symbols;
static size_t kernel_symbol_count;

static int by_address(const void *a, const void *b)
{
	const struct kernel_symbol *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

static void kernel_symbols_read(void)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	struct kernel_symbol symbol = { 0 };
	size_t room = 0;
	char line[512], type;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%llx %c %55s", &symbol.address, &type, symbol.name) != 3 || !symbol.address || !strchr("tTwW", type))
			continue;
		if (kernel_symbol_count == room) {
			struct kernel_symbol *grown = realloc(kernel_symbols, (room = room ? room * 2 : 65536) * sizeof(*grown));

			if (!grown)
				break;
			kernel_symbols = grown;
		}
		kernel_symbols[kernel_symbol_count++] = symbol;
	}
	if (file)
		fclose(file);
	if (kernel_symbol_count)
		qsort(kernel_symbols, kernel_symbol_count, sizeof(*kernel_symbols), by_address);
}

static const char *kernel_symbol(__u64 address)
{
	size_t from = 0, to = kernel_symbol_count;

	while (from < to) {
		size_t middle = (from + to) / 2;

		if (kernel_symbols[middle].address <= address)
			from = middle + 1;
		else
			to = middle;
	}
	return from ? kernel_symbols[from - 1].name : NULL;
}
@end
@if user_symbols

/* The modules of the process that was asked for last; symbols need it alive. */
static Dwfl *process_modules(pid_t pid)
{
	static const Dwfl_Callbacks callbacks = { .find_elf = dwfl_linux_proc_find_elf, .find_debuginfo = dwfl_standard_find_debuginfo };
	static Dwfl *modules;
	static pid_t of;

	if (modules && of == pid)
		return modules;
	if (modules)
		dwfl_end(modules);
	of = pid;
	modules = dwfl_begin(&callbacks);
	if (modules && (dwfl_linux_proc_report(modules, pid) || dwfl_report_end(modules, NULL, NULL))) {
		dwfl_end(modules);
		modules = NULL;
	}
	return modules;
}

static const char *user_symbol(pid_t pid, __u64 address)
{
	Dwfl *modules = process_modules(pid);
	Dwfl_Module *module = modules ? dwfl_addrmodule(modules, address) : NULL;
	const char *name = module ? dwfl_module_addrname(module, address) : NULL;

	return name || !module ? name : dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
}
@end
@if stacks_or_symbols

static void say_symbol(const char *name, __u64 address)
{
	name ? say(name, 200, 24) : (void)printf("%#18llx ", address);
}
@end
@if stacks

/* One frame a line, the innermost first. `pid`: of a program, 0: of the kernel. */
static void say_stack(struct bpf_object *object, long long id, pid_t pid)
{
	__u64 frames[FRAMES_MOST] = { 0 };
	__u32 key = id;

	if (id < 0 || bpf_map_lookup_elem(bpf_object__find_map_fd_by_name(object, "stacks"), &key, frames)) {
		/* -EFAULT and -ENOSYS: there is none in this context; -EEXIST: its place in the map was taken. */
		if (id == -EEXIST)
			printf("    (stack lost)\n");
		return;
	}
	for (int i = 0; i < FRAMES_MOST && frames[i]; i++) {
		@if user_symbols
		const char *name = pid ? user_symbol(pid, frames[i]) : kernel_symbol(frames[i]);
		@end
		@if only_kernel
		const char *name = kernel_symbol(frames[i]);
		@end

		printf("    ");
		say_symbol(name, frames[i]);
		putchar('\n');
	}
	(void)pid;
}
@end

@if results
/* ---- results ---- */

struct row {
	struct key key;
	struct value value;
};

@if log2
static const char *power(int log2, char text[16])
{
	static const char units[] = " KMGTPE";

	if (log2 < 10)
		snprintf(text, 16, "%d", 1 << log2);
	else
		snprintf(text, 16, "%d%c", 1 << log2 % 10, units[log2 / 10]);
	return text;
}

static void range_say(int slot, char range[48])
{
	char from[16], to[16];

	if (slot < 2)
		snprintf(range, 48, slot ? "[0]" : "(below 0)");
	else if (slot == 2)
		snprintf(range, 48, "[1]");
	else
		snprintf(range, 48, "[%s, %s)", power(slot - 2, from), power(slot - 1, to));
}

@end
@if linear
static void range_say(int slot, char range[48])
{
	long long from = FROM + (slot - 1LL) * STEP;

	if (slot == 0)
		snprintf(range, 48, "(below %lld)", (long long)FROM);
	else if (slot == SLOTS - 1)
		snprintf(range, 48, "(%lld and more)", (long long)TO);
	else
		snprintf(range, 48, "[%lld, %lld)", from, from + STEP < TO ? from + STEP : (long long)TO);
}

@end
@if histogram
static void histogram_say(const __u64 slots[SLOTS])
{
	static const char bar[] = "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@";
	int first = SLOTS, last = -1, width = sizeof(bar) - 1;
	char range[48];
	__u64 most = 1;

	for (int i = 0; i < SLOTS; i++) {
		if (!slots[i])
			continue;
		first = i < first ? i : first;
		last = i;
		most = slots[i] > most ? slots[i] : most;
	}
	putchar('\n');
	for (int i = first; i <= last; i++) {
		range_say(i, range);
		printf("    %-14s %10llu |%-*.*s|\n", range, slots[i], width, (int)(slots[i] * width / most), bar);
	}
}

@end
static void head_say(void)
{
	printf("@{row_head}@{value_head}\n");
}

static void row_say(struct bpf_object *object, const struct row *row, double seconds)
{
	const struct key *key = &row->key;
	const struct value *value = &row->value;

@{row_cells}	@{value_say}
@{row_stacks}	(void)object;
	(void)key;
	(void)seconds;
}

static double weight(const struct value *value)
{
@if histogram
	double sum = 0;

	for (int i = 0; i < SLOTS; i++)
		sum += value->slots[i];
	return sum;
@end
@if plain
	return value->@{weight};
@end
}

static int by_weight(const void *a, const void *b)
{
	double x = weight(&((const struct row *)a)->value), y = weight(&((const struct row *)b)->value);

	return @{order};
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

@end
@if events
/* ---- events ---- */

static double started;
static unsigned long event_count;

static int event_say(void *context, void *data, size_t size)
{
	struct bpf_object *object = context;
	const struct event *event = data;
@if event_text
	const char *text = event->text, *end = (const char *)data + size;
@end

	if (options.count && event_count >= options.count)
		return 0;
	event_count++;
	printf("%11.6f ", event->time / 1e9 - started);
@{event_cells}	putchar('\n');
@{event_stacks}	(void)object;
	(void)size;
	if (options.count && event_count >= options.count)
		stopped = 1;
	return 0;
}

@end
@if perf_event
/* ---- sampling and counted events ---- */

static const struct sampler {
	const char *program;
	__u32 type;
	__u64 config, every;
	bool per_second; /* `every` is a frequency */
} samplers[] = {
@{samplers}};

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

@end
/* ---- the whole ---- */

static int attach(struct bpf_object *object, struct bpf_link **links, size_t *count)
{
	struct bpf_program *program;
	int failed = 0, code = 0;

	bpf_object__for_each_program(program, object) {
@if perf_event
		if (bpf_program__type(program) == BPF_PROG_TYPE_PERF_EVENT) {
			code = sampler_attach(program, links, count);
			if (code) {
				fprintf(stderr, "%s cannot be attached: %s\n", bpf_program__name(program), strerror(-code));
				failed++;
			}
			continue;
		}
@end
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
@if cgroups
	static const char *const cgroups[] = { @{cgroups} };
	struct stat info;

	for (size_t i = 0; i < sizeof(cgroups) / sizeof(cgroups[0]); i++) {
		if (stat(cgroups[i], &info)) {
			fprintf(stderr, "%s: %s\n", cgroups[i], strerror(errno));
			return -errno;
		}
		settings.cgroups[i] = info.st_ino;
	}
@end

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
@if results
	double shot = begin;
@end
@if events
	struct ring_buffer *ring;

	started = begin;
	ring = ring_buffer__new(bpf_object__find_map_fd_by_name(object, "events"), event_say, object, NULL);
	if (!ring) {
		fprintf(stderr, "no ring buffer: %s\n", strerror(errno));
		return 1;
	}
	printf("@{event_head}\n");
@end
	fprintf(stderr, "watching; Ctrl-C ends it\n");
	while (!stopped && (!end || now() < end)) {
@if events
		ring_buffer__poll(ring, 100);
		fflush(stdout);
@end
@if results
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
@end
	}
@if events
	ring_buffer__consume(ring); /* what was not read yet */
	ring_buffer__free(ring);
@end
@if results
	if (!options.interval || now() - shot > 0.05)
		results_say(object, now() - shot);
@end
	return 0;
}

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_DEBUG && !options.verbose ? 0 : vfprintf(stderr, format, args);
}

static void usage(FILE *to)
{
	fprintf(to, "usage: @{name} [OPTION...]\n"
		    "@{question_string}\n"
		    "Shows: @{shows_string}.\n\n"
		    "  -t, --for SECONDS       how long to watch@{seconds_default}\n"
@if results
		    "  -i, --interval SECONDS  show the numbers so often, and begin anew@{interval_default}\n"
		    "  -n, --top N             rows to show@{rows_default}\n"
@end
@if events
		    "  -c, --count N           stop after N events\n"
@end
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

	while ((option = getopt_long(argc, argv, "@{options}", known, NULL)) >= 0) {
		if (optarg && !amount(optarg, &value)) {
			fprintf(stderr, "@{name}: '%s' is no number above 0\n", optarg);
			return -1;
		}
		switch (option) {
		case 't': options.seconds = value; break;
@if results
		case 'i': options.interval = value; break;
		case 'n': options.rows = value; break;
@end
@if events
		case 'c': options.count = value; break;
@end
		case 'v': options.verbose = true; break;
		case 'h': usage(stdout); exit(0);
		default: usage(stderr); return -1;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "@{name}: '%s' is more than it takes\n", argv[optind]);
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
@if stacks_or_symbols
	kernel_symbols_read();
@end
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
