/* `syswhy probes`: what can be watched here, by name, with typed fields. */
#include <stddef.h>
#include <stdio.h>
#include "base/json.h"
#include "base/words.h"
#include "commands/command.h"
#include "kernel/kernel.h"
#include "kernel/object.h"

#define NEAREST	    5
#define SHOWN	    100 /* rows, when --limit says nothing */
#define SHOWN_FIELDS 20
#define VALUES	    12 /* decoded values of a field in the text form; --json has all */

struct probes_params {
	struct param_words pattern;
	bool fields;
	const char *object, *kind, *type;
	long limit;
};

static const struct param params[] = {
	{ "pattern", 0, PARAM_WORDS, offsetof(struct probes_params, pattern), "PATTERN",
	  "shell wildcards, a part of the name, or several words that must all be in it", NULL, false },
	{ "fields", 'f', PARAM_BOOL, offsetof(struct probes_params, fields), NULL,
	  "show the typed fields of each probe and what their numbers mean", NULL, false },
	{ "object", 'o', PARAM_TEXT, offsetof(struct probes_params, object), "FILE|NAME|PID",
	  "list functions and USDT probes of this program, library or process", NULL, false },
	{ "kind", 'k', PARAM_CHOICE, offsetof(struct probes_params, kind), "KIND", "only probes of this kind",
	  "tracepoint|syscall|typed|function|uprobe|usdt|software|hardware|timer", false },
	{ "type", 't', PARAM_TEXT, offsetof(struct probes_params, type), "NAME",
	  "show a kernel structure, enumeration or function as C", NULL, false },
	{ "limit", 'n', PARAM_COUNT, offsetof(struct probes_params, limit), "N",
	  "show at most N probes, 0 for all (default 100, with --fields 20)", NULL, false },
	{ 0 },
};

static const char *const kind_names[] = {
	[PROBE_TRACEPOINT] = "tracepoint", [PROBE_TP_BTF] = "typed",	   [PROBE_FUNCTION] = "function",
	[PROBE_UPROBE] = "uprobe",	   [PROBE_USDT] = "usdt",	   [PROBE_SOFTWARE] = "software",
	[PROBE_HARDWARE] = "hardware",	   [PROBE_PROFILE] = "timer",	   [PROBE_SYSCALL] = "syscall",
};

struct listing {
	struct kernel *kernel;
	struct report *report;
	const struct probes_params *params;
	json_t *rows;
	struct build names; /* the plain list, one a line */
	size_t limit, total;
};

/* ---- fields ---- */
/* "0=HI,1=TIMER" or "|1=A" as an object, value to name. */
static json_t *symbols_json(const char *symbols)
{
	json_t *values = json_object();
	struct text rest = text_of(symbols), entry, value;

	if (symbols[0] == '|')
		rest = text_from(rest, 1);
	while (text_next(&rest, ',', &entry)) {
		AUTO_FREE char *key = text_next(&entry, '=', &value) ? text_copy(value) : NULL;

		/* The first name wins, as in the kernel. */
		if (key && !json_object_get(values, key))
			json_object_set_new(values, key, json_text(entry));
	}
	return values;
}

static json_t *field_json(const struct field *field)
{
	static const char *const kinds[] = { [FIELD_NUMBER] = "number",	    [FIELD_CHARS] = "chars",
					     [FIELD_DATA_LOC] = "text",	    [FIELD_STRING] = "string",
					     [FIELD_POINTER] = "pointer",   [FIELD_ARRAY] = "array",
					     [FIELD_OTHER] = "other" };
	json_t *json = json_pack("{s:o, s:o, s:s, s:i, s:b}", "name", json_str(field->name), "type",
				 json_str(field->type), "kind", kinds[field->kind], "size", (int)field->size, "signed",
				 (int)field->is_signed);

	if (field->length)
		json_object_set_new(json, "length", json_integer(field->length));
	if (field->symbols) {
		json_object_set_new(json, "values", symbols_json(field->symbols));
		json_object_set_new(json, "flags", json_boolean(field->symbols[0] == '|'));
	}
	return json;
}

static void field_text(const struct field *field, const char *head, struct build *out)
{
	struct text rest, entry, value;
	unsigned shown = 0, left = 0;

	build_fmt(out, "  %s%-18s %s", head, field->name, field->type);
	if (field->symbols) {
		rest = text_of(field->symbols);
		build_put(out, rest.at[0] == '|' ? "   flags: " : "   values: ");
		if (rest.at[0] == '|')
			rest = text_from(rest, 1);
		while (text_next(&rest, ',', &entry)) {
			if (shown >= VALUES || !text_next(&entry, '=', &value)) {
				left++;
				continue;
			}
			build_fmt(out, "%s%.*s %.*s", shown++ ? ", " : "", TEXT_ARG(value), TEXT_ARG(entry));
		}
		if (left)
			build_fmt(out, " (%u more: --json)", left);
	}
	build_char(out, '\n');
}

/* `skip`: the number of the call, which stands in every system call's record. */
static void fields_of(struct listing *listing, const char *system, const char *name, const char *head,
		      const char *skip, json_t *into, struct build *out)
{
	const struct tracepoint *tracepoint = kernel_tracepoint(listing->kernel, system, name);

	if (!tracepoint)
		return;
	if (!tracepoint->fields_known)
		build_fmt(out, "  %s(its format may not be read by this user)\n", head);
	for (size_t i = 0; i < tracepoint->field_count; i++) {
		const struct field *field = &tracepoint->fields[i];

		if (skip && strcmp(field->name, skip) == 0)
			continue;
		field_text(field, head, out);
		json_array_append_new(into, field_json(field));
	}
}

static void show_declaration(struct listing *listing, const char *name, json_t *row, struct build *out)
{
	AUTO_BUILD declaration = { .ceiling = 65536 };

	if (kernel_type_show(listing->kernel, name, &declaration, NULL) < 0)
		return;
	json_object_set_new(row, "declaration", json_text(text_trim(build_text(&declaration))));
	build_fmt(out, "  %.*s\n", TEXT_ARG(text_trim(build_text(&declaration))));
}

static void show_fields(struct listing *listing, const struct probe_row *probe, json_t *row)
{
	AUTO_BUILD out = { 0 };
	AUTO_FREE char *name = text_copy(text_of(probe->name)), *other = NULL;
	char *last = strrchr(name, ':');
	json_t *fields = json_array();

	json_object_set_new(row, "fields", fields);
	if (probe->kind == PROBE_TRACEPOINT) {
		*last = '\0';
		fields_of(listing, name + strlen("tracepoint:"), last + 1, "", NULL, fields, &out);
	} else if (probe->kind == PROBE_SYSCALL) {
		char enter[300], leave[300];
		json_t *exit = json_array();

		json_object_set_new(row, "exit", exit);
		snprintf(enter, sizeof(enter), "sys_enter_%s", last + 1);
		snprintf(leave, sizeof(leave), "sys_exit_%s", last + 1);
		fields_of(listing, "syscalls", enter, "entry  ", "__syscall_nr", fields, &out);
		fields_of(listing, "syscalls", leave, "exit   ", "__syscall_nr", exit, &out);
	} else if (probe->kind == PROBE_TP_BTF) {
		if (asprintf(&other, "btf_trace_%s", last + 1) < 0)
			other = NULL;
		if (other)
			show_declaration(listing, other, row, &out);
	} else if (probe->kind == PROBE_FUNCTION) {
		show_declaration(listing, last + 1, row, &out);
	}
	report_say(listing->report, REPORT_CODE, "%s\n%s", probe->name, out.at ? out.at : "");
}

/* ---- the list ---- */
static bool take_row(void *context, const struct probe_row *probe)
{
	struct listing *listing = context;
	const char *kind = kind_names[probe->kind];
	json_t *row;

	if (listing->params->kind && strcmp(listing->params->kind, kind) != 0)
		return true;
	listing->total++;
	if (listing->limit && listing->total > listing->limit)
		return true;
	row = json_pack("{s:s, s:o}", "kind", kind, "name", json_str(probe->name));
	json_array_append_new(listing->rows, row);
	if (listing->params->fields)
		show_fields(listing, probe, row);
	else
		build_fmt(&listing->names, "%s%s", listing->names.len ? "\n" : "", probe->name);
	return true;
}

/* ---- nearest names ---- */
struct nearest {
	const char *pattern;
	char names[NEAREST][256];
	unsigned distances[NEAREST];
	size_t count;
};

/* How far the words of a pattern are from the parts of a name, each from its nearest. */
static unsigned distance_of(const char *pattern, const char *name)
{
	struct text rest = text_of(pattern), word;
	unsigned sum = 0;

	while (rest.len) {
		unsigned best = 4;
		char wanted[64];
		size_t at = 0;

		while (at < rest.len && !strchr(" _:-*", rest.at[at]))
			at++;
		snprintf(wanted, sizeof(wanted), "%.*s", (int)at, rest.at);
		rest = text_from(rest, at + 1);
		if (!wanted[0])
			continue;
		for (struct text parts = text_of(name); parts.len && best;) {
			char part[64];
			unsigned distance;

			for (at = 0; at < parts.len && !strchr("_:-/.", parts.at[at]);)
				at++;
			word = text_until(parts, at);
			parts = text_from(parts, at + 1);
			snprintf(part, sizeof(part), "%.*s", TEXT_ARG(word));
			distance = word_distance(wanted, part, 3);
			if (distance < best)
				best = distance;
		}
		sum += best;
	}
	return sum;
}

static bool take_near(void *context, const struct probe_row *probe)
{
	struct nearest *near = context;
	unsigned distance = distance_of(near->pattern, probe->name);
	size_t at = near->count;

	if (distance >= 4 * (1 + strlen(near->pattern) / 12))
		return true;
	/* Of two that are as near, the shorter name. */
	distance = distance * 1024 + (unsigned)strlen(probe->name);
	while (at > 0 && near->distances[at - 1] > distance)
		at--;
	if (at >= NEAREST)
		return true;
	if (near->count < NEAREST)
		near->count++;
	for (size_t i = near->count - 1; i > at; i--) {
		memcpy(near->names[i], near->names[i - 1], sizeof(near->names[i]));
		near->distances[i] = near->distances[i - 1];
	}
	snprintf(near->names[at], sizeof(near->names[at]), "%s", probe->name);
	near->distances[at] = distance;
	return true;
}

static int nothing_matches(struct listing *listing, const char *pattern, const char *object, struct error *err)
{
	struct nearest near = { .pattern = pattern };
	AUTO_BUILD names = { 0 };
	json_t *list = json_array();

	kernel_list(listing->kernel, NULL, object, take_near, &near, NULL);
	for (size_t i = 0; i < near.count; i++) {
		json_array_append_new(list, json_str(near.names[i]));
		if (names.len + strlen(near.names[i]) < 250) /* what an error's sentence has room for */
			build_fmt(&names, "%s%s", names.len ? ", " : "", near.names[i]);
	}
	json_object_set_new(report_json(listing->report), "nearest", list);
	AUTO_FREE char *file = object || strchr(pattern, ':') || strchr(pattern, '*') ? NULL : object_locate(pattern);

	if (file) {
		fail(err, -ENOENT, "no probe of the kernel matches '%.80s'; for the functions of %.200s: syswhy probes --object %.80s",
		     pattern, file, pattern);
		return EXIT_FAILED;
	}
	fail(err, -ENOENT, "nothing that can be watched %s%.100s matches '%.80s'%s%s", object ? "in " : "here",
	     object ? object : "", pattern, names.len ? "; near it: " : "; try fewer words", names.len ? names.at : "");
	return EXIT_FAILED;
}

/* ---- the command ---- */
/* A kind that this machine does not have is no empty list but a reason. */
static int check_kind(struct kernel *kernel, const char *kind, bool object, struct error *err)
{
	static const struct {
		const char *kind;
		enum kernel_feature feature;
	} needs[] = {
		{ "function", KERNEL_KPROBES },		{ "typed", KERNEL_TP_BTF },
		{ "software", KERNEL_SOFTWARE_EVENTS }, { "timer", KERNEL_SOFTWARE_EVENTS },
		{ "hardware", KERNEL_HARDWARE_EVENTS }, { "uprobe", KERNEL_UPROBES },
		{ "usdt", KERNEL_UPROBES },
	};
	char why[200];

	if (!kind)
		return EXIT_DONE;
	if ((strcmp(kind, "uprobe") == 0 || strcmp(kind, "usdt") == 0) && !object) {
		fail(err, -EINVAL, "say of which program or library: --object NAME (a file, a name like libc or bash, or a pid)");
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < COUNT(needs); i++) {
		if (strcmp(kind, needs[i].kind) != 0 || kernel_can(kernel, needs[i].feature, why) ||
		    (needs[i].feature == KERNEL_KPROBES && kernel_can(kernel, KERNEL_FENTRY, NULL)))
			continue;
		fail(err, -ENOTSUP, "there are no %s probes here: %s", kind, why);
		return EXIT_CANNOT;
	}
	return EXIT_DONE;
}

static int show_type(struct kernel *kernel, struct report *report, const char *name, struct error *err)
{
	AUTO_BUILD text = { .ceiling = 1 << 20 };
	int code = kernel_type_show(kernel, name, &text, err);

	if (code < 0)
		return code == -ENOTSUP ? EXIT_CANNOT : EXIT_FAILED;
	report_say(report, REPORT_CODE, "%s", text.at);
	json_object_set_new(report_json(report), "type",
			    json_pack("{s:o, s:o}", "name", json_str(name), "text", json_text(build_text(&text))));
	return EXIT_DONE;
}

/* "uprobe:libc:malloc" names its object itself. Gives what stands behind it, or NULL. */
static const char *object_in_pattern(const char *pattern, char **object)
{
	static const char *const heads[] = { "uprobe:", "uretprobe:", "usdt:" };

	for (size_t i = 0; i < COUNT(heads); i++) {
		const char *at = pattern + strlen(heads[i]), *end;

		if (strncmp(pattern, heads[i], strlen(heads[i])) != 0)
			continue;
		end = strchrnul(at, ':');
		if (end == at || strcspn(at, "*?[") < (size_t)(end - at))
			return NULL;
		*object = text_copy((struct text){ at, (size_t)(end - at) });
		return *end ? end + 1 : end;
	}
	return NULL;
}

static int run(struct context *context, const void *values, struct error *err)
{
	const struct probes_params *asked = values;
	AUTO_KERNEL kernel = kernel_new();
	AUTO_BUILD pattern = { .ceiling = 4096 };
	AUTO_FREE char *named = NULL, *path = NULL;
	struct listing listing = { .kernel = kernel, .report = context->report, .params = asked };
	json_t *json = report_json(context->report);
	const char *object = asked->object, *rest;
	int code;

	if (asked->type)
		return show_type(kernel, context->report, asked->type, err);
	for (size_t i = 0; i < asked->pattern.len; i++)
		build_fmt(&pattern, "%s%s", i ? " " : "", asked->pattern.at[i]);
	build_put(&pattern, "");
	rest = object || !pattern.at ? NULL : object_in_pattern(pattern.at, &named);
	object = named ? named : object;
	rest = rest ? rest : pattern.at ? pattern.at : "";
	code = check_kind(kernel, asked->kind, object, err);
	if (code != EXIT_DONE)
		return code;
	if (object && !(path = object_locate(object))) {
		fail(err, -ENOENT, "there is no program, library or process '%s'; give the path of its file", object);
		return EXIT_FAILED;
	}
	listing.limit = asked->limit >= 0 ? (size_t)asked->limit : asked->fields ? SHOWN_FIELDS : SHOWN;
	listing.rows = json_array();
	json_object_set_new(json, "pattern", json_str(rest));
	json_object_set_new(json, "object", json_str(path));
	json_object_set_new(json, "probes", listing.rows);
	code = kernel_list(kernel, rest[0] ? rest : NULL, path, take_row, &listing, err);
	json_object_set_new(json, "total", json_integer((json_int_t)listing.total));
	json_object_set_new(json, "shown", json_integer((json_int_t)json_array_size(listing.rows)));
	if (listing.names.len)
		report_say(context->report, REPORT_CODE, "%s", listing.names.at);
	build_done(&listing.names);
	if (code < 0)
		return !path && (code == -ENODEV || code == -EACCES || code == -EPERM) ? EXIT_CANNOT : EXIT_FAILED;
	if (listing.total == 0)
		return nothing_matches(&listing, rest, path, err);
	report_say(context->report, REPORT_NOTE, "shown %zu of %zu%s", json_array_size(listing.rows), listing.total,
		   json_array_size(listing.rows) < listing.total ? "; --limit 0 shows all" : "");
	return EXIT_DONE;
}

const struct command command_probes = {
	.name = "probes",
	.summary = "List what can be watched here: tracepoints, system calls, functions of programs, events",
	.details = "Names are written as bpftrace writes them. A pattern is a part of the name, shell wildcards, or several "
		   "words that must all be in the name. With --fields each probe is shown with its typed fields, and with "
		   "what their numbers mean where the kernel says so.\n\n"
		   "A system call is shown once as syscall:NAME (its arguments at entry and its result) and as its two "
		   "tracepoints. With --object the functions and USDT probes of a program, library or running process are "
		   "listed instead of the kernel's.",
	.examples = "syswhy probes block rq  # every block request tracepoint\n"
		    "syswhy probes 'sched:*' --fields  # scheduler tracepoints with their fields\n"
		    "syswhy probes openat --fields --kind syscall  # arguments of a system call\n"
		    "syswhy probes --object libc malloc  # functions of a library\n"
		    "syswhy probes --type task_struct  # a kernel structure as C",
	.flags = COMMAND_READS,
	.params = params,
	.params_size = sizeof(struct probes_params),
	.run = run,
};
