/* What can run here: a tool's needs, and its command line filled from the question. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "base/file.h"
#include "commands/doctor.h"
#include "commands/tool.h"

void tool_choice_done(struct tool_choice *choice)
{
	free(choice->path);
	vec_done(&choice->argv);
	vec_done(&choice->missed);
	*choice = (struct tool_choice){ 0 };
}

/* ---- needs ---- */

static bool mounted(const char *type)
{
	AUTO_BUILD mounts = { 0 };
	struct text rest, line;

	if (file_read("/proc/self/mounts", 1 << 20, &mounts, NULL) < 0)
		return true; /* not known: it will show */
	rest = build_text(&mounts);
	while (text_line(&rest, &line)) {
		struct text word;

		for (int i = 0; i < 3; i++)
			text_word(&line, &word);
		/* "nfs" is mounted as nfs4 too. */
		if (text_starts(word, type))
			return true;
	}
	return false;
}

static bool privileged(struct kernel *kernel)
{
	const struct machine *machine = kernel_machine(kernel);

	return machine->root || machine->capabilities & (1ULL << 21) /* CAP_SYS_ADMIN */;
}

static bool has_headers(struct kernel *kernel)
{
	char path[160];

	snprintf(path, sizeof(path), "/lib/modules/%s/build/include", kernel_machine(kernel)->release);
	return file_exists(path) || file_exists("/sys/kernel/kheaders.tar.xz");
}

void tool_headers_mend(struct kernel *kernel, char why[300])
{
	static int offered = -1; /* asking takes a tenth of a second */
	char package[160];

	snprintf(package, sizeof(package), "linux-headers-%s", kernel_machine(kernel)->release);
	if (offered < 0)
		offered = package_offered(package);
	snprintf(why, 300, offered ? "it compiles its program and needs the headers of the running kernel (apt-get install %s)" :
			   "it compiles its program and needs the headers of the running kernel, which no package offers (%s)", package);
}

static bool named_need(const char *need, struct kernel *kernel, char why[300])
{
	const char *name = strchr(need, ' ');
	bool met = true;

	if (!name++)
		return true;
	if (strncmp(need, "mount ", 6) == 0) {
		met = mounted(name);
		snprintf(why, 300, "no %.40s file system is mounted here", name);
	} else if (strncmp(need, "path ", 5) == 0) {
		met = file_exists(name);
		snprintf(why, 300, "there is no %.200s here", name);
	} else if (strncmp(need, "program ", 8) == 0) {
		AUTO_FREE char *path = program_find(name);

		met = path != NULL;
		snprintf(why, 300, "the program %.60s is not installed", name);
	} else if (strncmp(need, "module ", 7) == 0) {
		char path[120];

		snprintf(path, sizeof(path), "/sys/module/%.80s", name);
		met = file_exists(path);
		snprintf(why, 300, "the kernel module %.60s is not loaded", name);
	} else if (strncmp(need, "tracepoint ", 11) == 0) {
		struct text rest = text_of(name), system;
		AUTO_FREE char *words = NULL;
		struct error err = { 0 };

		text_next(&rest, ':', &system);
		words = text_copy(system);
		met = kernel_tracefs(kernel, &err) && kernel_tracepoint(kernel, words, rest.at);
		snprintf(why, 300, "the kernel has no tracepoint %.80s", name);
	}
	return met;
}

bool tool_need(const char *need, struct kernel *kernel, const tool_list *lacking, char why[300])
{
	static const struct {
		const char *need;
		enum kernel_feature feature;
		const char *says;
	} features[] = {
		{ "kprobes", KERNEL_KPROBES, "it traces kernel functions (kprobes)" },
		{ "tp_btf", KERNEL_TP_BTF, "it uses typed tracepoints" },
		{ "uprobes", KERNEL_UPROBES, "it traces functions of programs (uprobes)" },
		{ "pmu", KERNEL_HARDWARE_EVENTS, "it counts hardware events, and this machine shows no counters (PMU)" },
		{ "btf", KERNEL_BTF, "it needs the kernel's type information (BTF)" },
	};
	char reason[200] = "";

	for (size_t i = 0; lacking && i < lacking->len; i++)
		if (strcmp(lacking->at[i], need) == 0) {
			snprintf(why, 300, "it needs %s, which just failed here", need);
			return false;
		}
	if (strcmp(need, "root") == 0 || (strcmp(need, "bpf") == 0 && !privileged(kernel))) {
		snprintf(why, 300, "it needs root: run it as root");
		return privileged(kernel);
	}
	if (strcmp(need, "bpf") == 0) {
		snprintf(why, 300, "it needs CAP_BPF and CAP_PERFMON, which this process lacks although it is root's");
		return process_may_trace();
	}
	if (strcmp(need, "headers") == 0) {
		return has_headers(kernel) || (tool_headers_mend(kernel, why), false);
	}
	if (strcmp(need, "functions") == 0) {
		if (kernel_can(kernel, KERNEL_KPROBES, reason) || kernel_can(kernel, KERNEL_FENTRY, reason))
			return true;
		snprintf(why, 300, "it traces kernel functions, which this kernel does not allow: %s", reason);
		return false;
	}
	for (size_t i = 0; i < COUNT(features); i++)
		if (strcmp(need, features[i].need) == 0) {
			if (kernel_can(kernel, features[i].feature, reason))
				return true;
			snprintf(why, 300, "%s%s%s", features[i].says, reason[0] ? ", not possible here: " : "", reason);
			return false;
		}
	return named_need(need, kernel, why);
}

/* A bpftrace program says itself which probes it attaches: they differ between versions. */
static bool script_possible(const char *path, struct kernel *kernel, char why[300])
{
	AUTO_BUILD content = { 0 };

	if (!text_ends(text_of(path), ".bt") || file_read(path, 1 << 16, &content, NULL) < 0)
		return true;
	if (text_has(build_text(&content), "kprobe:") || text_has(build_text(&content), "kretprobe:"))
		return tool_need("kprobes", kernel, NULL, why);
	if (text_has(build_text(&content), "kfunc:") || text_has(build_text(&content), "fentry:"))
		return tool_need("functions", kernel, NULL, why);
	return true;
}

static bool needs_met(const struct tool_way *way, struct kernel *kernel, const tool_list *lacking, char why[300])
{
	const tool_list *lists[] = { &way->family->needs, &way->needs };

	for (size_t i = 0; i < COUNT(lists); i++)
		for (size_t k = 0; k < lists[i]->len; k++)
			if (!tool_need(lists[i]->at[k], kernel, lacking, why))
				return false;
	return true;
}

/* ---- arguments ---- */

static bool question_failed(const struct question *q)
{
	size_t len;

	for (size_t i = 0; i < q->tokens.len; i++)
		if (sense_at(q, i, "outcome", "failed", &len))
			return true;
	return false;
}

static bool condition_holds(const struct tool_arg *arg, const struct tool_values *v)
{
	const struct wish *wish = &v->wish;

	switch (arg->when) {
	case WHEN_ALWAYS:
		return true;
	case WHEN_FAILED:
		return question_failed(&wish->question);
	case WHEN_EACH:
		return wish->each;
	case WHEN_STACKS:
		vec_each(name, &v->plan.by)
			if (strstr(*name, "stack"))
				return true;
		vec_each(role, &wish->mentions)
			if (strstr((*role)->name, "stack"))
				return true;
		return wish->measures[MEASURE_STACKS] != NULL;
	case WHEN_HISTOGRAM:
		return wish->measures[MEASURE_HISTOGRAM] != NULL;
	case WHEN_BY:
		vec_each(name, &v->plan.by)
			if (strcmp(*name, arg->name) == 0)
				return true;
		return false;
	case WHEN_SAYS:
		return question_says(&wish->question, v->arena, arg->name);
	case WHEN_WITHOUT:
		return tool_value(v, text_of(arg->name)) == NULL;
	}
	return false;
}

/* The next word; one in single quotes may hold blanks. */
static bool argument_word(struct text *rest, struct text *word)
{
	size_t end;

	*rest = text_trim(*rest);
	if (!text_starts(*rest, "'"))
		return text_word(rest, word);
	*rest = text_from(*rest, 1);
	if (!text_find(*rest, "'", &end))
		end = rest->len;
	*word = text_until(*rest, end);
	*rest = text_from(*rest, end + 1);
	return true;
}

static void argv_word(struct tool_choice *choice, const struct tool_values *v, struct text word)
{
	AUTO_BUILD out = { 0 };
	struct text name, otherwise;
	size_t start, end;

	if (text_is(word, "{command}")) {
		for (size_t i = 0; v->command && v->command[i]; i++)
			vec_push(&choice->argv, v->command[i]);
		return;
	}
	while (tool_value_next(word, &start, &end, &name, &otherwise)) {
		const char *value = tool_value(v, name);

		build_add(&out, text_until(word, start));
		build_add(&out, value ? text_of(value) : otherwise);
		word = text_from(word, end);
	}
	build_add(&out, word);
	vec_push(&choice->argv, arena_text(v->arena, build_text(&out)));
}

/* Adds the words of one argument, or nothing when a value of it is not known. */
static void arg_add(struct tool_choice *choice, const struct tool_values *v, const struct tool_arg *arg, tool_list *used)
{
	struct text rest = text_of(arg->text), name, otherwise, word;
	size_t start, end;

	if (!condition_holds(arg, v))
		return;
	while (tool_value_next(rest, &start, &end, &name, &otherwise)) {
		if (!tool_value(v, name) && !otherwise.at)
			return;
		rest = text_from(rest, end);
	}
	rest = text_of(arg->text);
	while (tool_value_next(rest, &start, &end, &name, &otherwise)) {
		vec_push(used, arena_text(v->arena, name));
		rest = text_from(rest, end);
	}
	rest = text_of(arg->text);
	while (argument_word(&rest, &word))
		argv_word(choice, v, word);
}

static bool listed(const tool_list *list, const char *name)
{
	for (size_t i = 0; name && i < list->len; i++)
		if (strcmp(list->at[i], name) == 0)
			return true;
	return false;
}

static bool takes_failed(const struct tool_way *way)
{
	vec_each(arg, &way->args)
		if (arg->when == WHEN_FAILED)
			return true;
	return false;
}

/* "bash", of which the numbers are given. */
static bool given_otherwise(const struct tool_values *v, const tool_list *used, const char *name)
{
	vec_each(value, &v->list)
		if (value->same && strcmp(value->same, name) == 0 && listed(used, value->name))
			return true;
	return false;
}

static void missed_find(struct tool_choice *choice, const struct tool_values *v, const tool_list *used)
{
	bool option = false;

	vec_each(value, &v->list)
		if (value->told && !listed(used, value->name) && !listed(used, value->same) && !given_otherwise(v, used, value->name))
			vec_push(&choice->missed, arena_fmt(v->arena, "%s %s", value->name, value->text));
	/* A tool of failures alone ("who was refused") shows them without a flag; one of which another way has the flag does not. */
	vec_each(way, &choice->tool->ways)
		option |= takes_failed(way);
	if ((v->wish.failed || (option && question_failed(&v->wish.question))) && !takes_failed(choice->way))
		vec_push(&choice->missed, "failed only");
}

static void way_try(struct tool_choice *choice, const struct tool_hit *hit, const struct tool_way *way,
		    struct tool_values *v, struct kernel *kernel, const tool_list *lacking)
{
	tool_list used = { 0 };
	bool whole;

	*choice = (struct tool_choice){ .tool = hit->tool, .way = way, .score = hit->score, .path = tool_path(way) };
	if (!choice->path) {
		const char *package = tool_package(way);
		char lacks[300] = "";

		/* Nobody should install what cannot run then. */
		if (privileged(kernel) && !needs_met(way, kernel, lacking, lacks)) {
			snprintf(choice->why, sizeof(choice->why), "it is not installed, and could not run here: %s", lacks);
			return;
		}
		snprintf(choice->why, sizeof(choice->why), "it is not installed%s%s%s", package ? " (" : "", package ? package : "",
			 package ? ")" : "");
		return;
	}
	vec_push(&choice->argv, arena_text(v->arena, text_of(choice->path)));
	vec_each(arg, &way->args)
		arg_add(choice, v, arg, &used);
	missed_find(choice, v, &used);
	choice->timed = listed(&used, "seconds") || listed(&used, "count");
	vec_push(&choice->argv, (const char *)NULL);
	whole = v->command && !listed(&used, "command");
	vec_done(&used);
	if (lacking && listed(lacking, choice->path)) {
		snprintf(choice->why, sizeof(choice->why), "it just failed here");
		return;
	}
	vec_each(want, &way->wants) {
		struct text name = text_of(*want);

		if (!tool_value(v, name)) {
			if (text_is(name, "pid") && v->absent[0]) {
				snprintf(choice->why, sizeof(choice->why), "%s", v->absent);
				return;
			}
			snprintf(choice->why, sizeof(choice->why), "it must be told a %s%s", *want,
				 text_is(name, "command") ? ": syswhy tool \"…\" -- COMMAND" :
				 text_is(name, "pid")	  ? ": add \"of pid 123\" or a process name" :
							    "");
			return;
		}
	}
	/* Who gives a command asks of that command, and not of the machine meanwhile. */
	if (whole) {
		snprintf(choice->why, sizeof(choice->why), "it takes no command, and would show others' doing");
		return;
	}
	choice->ready = needs_met(way, kernel, lacking, choice->why) && script_possible(choice->path, kernel, choice->why);
	if (choice->ready)
		snprintf(choice->why, sizeof(choice->why), "%s", hit->tool->shows);
}

static bool family_asked(const struct tool_way *way, const struct tool_values *v)
{
	vec_each(say, &way->family->say)
		if (question_says(&v->wish.question, v->arena, *say))
			return true;
	return false;
}

/* Higher is better: what runs before what cannot, then what takes every part, then the order of the data. */
static int worth(const struct tool_choice *choice, const struct tool_hit *hit, const struct tool_values *v)
{
	int worth = choice->ready ? 1000 : choice->path ? 100 : 0;

	worth -= 10 * (int)choice->missed.len;
	if (choice->path && hit->named && strcmp(hit->named->names.at[0], choice->way->names.at[0]) == 0)
		worth += 500;
	if (family_asked(choice->way, v))
		worth += 600;
	return worth;
}

void tool_choose(const struct tool_hit *hit, struct tool_values *v, struct kernel *kernel, const tool_list *lacking,
		 struct tool_choice *choice)
{
	int best = -1000000;
	const char *passed = NULL;
	char why[300] = "";

	*choice = (struct tool_choice){ 0 };
	vec_each(way, &hit->tool->ways) {
		struct tool_choice attempt;
		int here;

		way_try(&attempt, hit, way, v, kernel, lacking);
		here = worth(&attempt, hit, v);
		if ((way == hit->named || family_asked(way, v)) && !attempt.ready) {
			passed = attempt.path ? strrchr(attempt.path, '/') + 1 : way->names.at[0];
			passed = arena_text(v->arena, text_of(passed));
			memcpy(why, attempt.why, sizeof(why));
		}
		if (here > best) {
			tool_choice_done(choice);
			*choice = attempt;
			best = here;
		} else {
			tool_choice_done(&attempt);
		}
	}
	/* Two ways of one program are no stand-in. */
	if (passed && choice->ready && strcmp(passed, tool_file_name(choice)) != 0) {
		choice->passed = passed;
		memcpy(choice->passed_why, why, sizeof(why));
	}
}
