/* Kernel functions that can be watched: the tracer's own list, else the symbol table, else BTF. */
#include <ctype.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <string.h>
#include "base/file.h"
#include "base/log.h"
#include "kernel/internal.h"

#define LIST_LIMIT  (32U << 20)
#define TRACER_LIST "%s/available_filter_functions"

/* Compiler-made parts that are no entry of a function of their own. A hundred thousand names come by here. */
static bool is_function(struct text name)
{
	static const char *const heads[] = { "__pfx_", "__cfi_", "__SCT__", "__SCK__", "__ksymtab", "__tracepoint_",
					     "__bpf_trace_", "$", "." };
	static const char *const parts[] = { ".cold", ".llvm.", ".part." };
	static const bool plain[256] = { ['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true, ['_'] = true, ['$'] = true };
	bool dotted = false;

	if (name.len == 0 || name.len > 255 || isdigit((unsigned char)name.at[0]))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if (plain[(unsigned char)name.at[i]])
			continue;
		if (name.at[i] != '.')
			return false;
		dotted = true;
	}
	for (size_t i = 0; !isalpha((unsigned char)name.at[0]) && i < COUNT(heads); i++)
		if (text_starts(name, heads[i]))
			return false;
	for (size_t i = 0; dotted && i < COUNT(parts); i++)
		if (text_has(name, parts[i]))
			return false;
	return true;
}

/* What stands before the next blank; the rest begins behind it. */
static struct text word_cut(struct text *line)
{
	const char *blank = memchr(line->at, ' ', line->len), *tab = memchr(line->at, '\t', blank ? (size_t)(blank - line->at) : line->len);
	const char *end = tab ? tab : blank;
	size_t len = end ? (size_t)(end - line->at) : line->len;
	struct text word = text_until(*line, len);

	*line = text_from(*line, len < line->len ? len + 1 : len);
	return word;
}

void functions_parse(struct text source, bool kallsyms, struct build *out)
{
	struct text line, word, type;

	while (text_line(&source, &line)) {
		word = word_cut(&line);
		if (kallsyms) {
			/* "ffffffff81000000 T _stext"; BPF programs and trampolines stand there too. */
			type = word_cut(&line);
			if (type.len != 1 || !strchr("tTwW", type.at[0]))
				continue;
			word = word_cut(&line);
			if (line.len && (text_has(line, "[bpf]") || text_has(line, "[__builtin__")))
				continue;
		}
		if (!is_function(word))
			continue;
		/* Mostly its line ends there: then with the line's end. */
		if (word.at + word.len < source.at && word.at[word.len] == '\n') {
			word.len++;
			build_add(out, word);
		} else {
			build_add(out, word);
			build_char(out, '\n');
		}
	}
}

static bool add_name(void *context, const char *name)
{
	struct build *out = context;

	if (is_function(text_of(name))) {
		build_put(out, name);
		build_char(out, '\n');
	}
	return true;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Lines sorted, without doubles, each with a line end before and after. */
static void sort_lines(struct build *lines, struct build *out)
{
	VEC(const char *) list = { 0 };

	for (size_t i = 0, start = 0; i < lines->len; i++) {
		if (lines->at[i] != '\n')
			continue;
		lines->at[i] = '\0';
		vec_push(&list, lines->at + start);
		start = i + 1;
	}
	if (list.len)
		qsort(list.at, list.len, sizeof(*list.at), by_text);
	build_char(out, '\n');
	for (size_t i = 0; i < list.len; i++) {
		if (i && strcmp(list.at[i], list.at[i - 1]) == 0)
			continue;
		build_put(out, list.at[i]);
		build_char(out, '\n');
	}
	vec_done(&list);
}

static void scan(struct kernel *kernel, struct build *names)
{
	AUTO_BUILD source = { .ceiling = LIST_LIMIT };
	AUTO_FREE char *path = NULL;
	struct error err = { 0 };

	if (kernel_tracefs(kernel, NULL) &&
	    asprintf(&path, TRACER_LIST, kernel->tracefs) < 0)
		path = NULL;
	if (path && file_read(path, LIST_LIMIT, &source, &err) == 0)
		functions_parse(build_text(&source), false, names);
	if (err.code)
		log_detail("kernel", "%s", err.text);
	if (names->len)
		return;
	build_clear(&source);
	if (file_read("/proc/kallsyms", LIST_LIMIT, &source, NULL) == 0)
		functions_parse(build_text(&source), true, names);
	if (names->len == 0 && kernel_btf(kernel))
		btf_each(kernel_btf(kernel), BTF_KIND_FUNC, add_name, names);
}

unsigned long long modules_sum(void)
{
	AUTO_BUILD modules = { 0 };
	unsigned long long sum = 0;
	struct text rest, line, name;

	if (file_read("/proc/modules", 1 << 20, &modules, NULL) == 0) {
		rest = build_text(&modules);
		while (text_line(&rest, &line))
			if (text_word(&line, &name))
				sum = cache_sum(name, sum);
	}
	return sum;
}

/* Loading a module adds functions. */
static void key_of(struct kernel *kernel, char key[200])
{
	const struct machine *machine = kernel_machine(kernel);

	snprintf(key, 200, "%s/%s/%d/%s/%llx", machine->boot_id, machine->release, machine->root,
		 kernel->tracefs ? kernel->tracefs : "-", modules_sum());
}

/* The list of an earlier run. */
static bool kept_find(struct kernel *kernel, char key[200])
{
	kernel->functions_sought = true;
	kernel_tracefs(kernel, NULL);
	key_of(kernel, key);
	kernel->functions_kept = cache_map("functions", key);
	if (!text_starts(kernel->functions_kept.body, "\n") || !text_ends(kernel->functions_kept.body, "\n"))
		return false;
	kernel->functions_tried = true;
	kernel->functions = kernel->functions_kept.body;
	return true;
}

struct text kernel_functions(struct kernel *kernel)
{
	AUTO_BUILD names = { .ceiling = LIST_LIMIT }, sorted = { .ceiling = LIST_LIMIT };
	char key[200];

	if (kernel->functions_tried || kept_find(kernel, key))
		return kernel->functions;
	kernel->functions_tried = true;
	scan(kernel, &names);
	sort_lines(&names, &sorted);
	if (names.len)
		cache_save("functions", key, build_text(&sorted));
	kernel->functions.len = sorted.len;
	kernel->functions.at = kernel->functions_read = build_take(&sorted);
	return kernel->functions;
}

/* Whether the tracer's own list can be read: it leaves out functions that the kernel has. */
static bool tracer_lists(struct kernel *kernel)
{
	AUTO_FREE char *path = NULL;
	char first;

	if (!kernel_tracefs(kernel, NULL) || asprintf(&path, TRACER_LIST, kernel->tracefs) < 0)
		return false;
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && read(fd, &first, 1) == 1;
}

/* What the list would say, where that can be told without making it. */
static bool told_unlisted(struct kernel *kernel, const char *name, bool *there)
{
	const char *other = getenv("SYSWHY_TRACEFS"); /* may list what this kernel does not have */
	enum asked asked;
	char key[200];

	if ((other && other[0]) || kernel->functions_tried || (!kernel->functions_sought && kept_find(kernel, key)))
		return false;
	asked = is_function(text_of(name)) ? function_ask(name) : ASKED_ABSENT;
	*there = asked == ASKED_CODE;
	return asked == ASKED_ABSENT || (asked == ASKED_CODE && !tracer_lists(kernel));
}

/* By halves: the lines are sorted, and each stands between line ends. */
bool kernel_knows_function(struct kernel *kernel, const char *name)
{
	struct text lines;
	size_t low = 1, high, len = strlen(name);
	bool there;

	if (told_unlisted(kernel, name, &there))
		return there;
	lines = kernel_functions(kernel);
	high = lines.len;
	while (len && low < high) {
		size_t middle = low + (high - low) / 2;
		const char *before = memrchr(lines.at, '\n', middle), *end = memchr(lines.at + middle, '\n', high - middle);
		const char *line = before + 1;
		size_t have = (size_t)(end - line);
		int order = memcmp(line, name, have < len ? have : len);

		if (order == 0 && have == len)
			return true;
		if (order < 0 || (order == 0 && have < len))
			low = (size_t)(end + 1 - lines.at);
		else
			high = (size_t)(line - lines.at);
	}
	return false;
}

bool kernel_has_function(struct kernel *kernel, const char *name)
{
	return kernel_knows_function(kernel, name) &&
	       (kernel_can(kernel, KERNEL_KPROBES, NULL) || kernel_can(kernel, KERNEL_FENTRY, NULL));
}
