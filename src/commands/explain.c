/* `syswhy explain`: what a tracing program, or the output of one, does and shows. */
#include "commands/explain.h"
#include <ctype.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include "base/file.h"
#include "trace/trace.h"

#define SECONDS_DEFAULT 1.0
#define SECONDS_MOST	3600.0

struct explain_params {
	struct param_words file;
	double seconds;
	bool still, dry, whole;
	const char *engine, *model;
};

static const struct param params[] = {
	{ "file", 0, PARAM_WORDS, offsetof(struct explain_params, file), "FILE", "the program or the output (-: standard input)", NULL, true },
	{ "for", 't', PARAM_SECONDS, offsetof(struct explain_params, seconds), "SECONDS", "how long the probes are counted (default: 1)", NULL, false },
	{ "no-measure", 0, PARAM_BOOL, offsetof(struct explain_params, still), NULL, "do not count how often the probes fire here", NULL, false },
	{ "engine", 'e', PARAM_CHOICE, offsetof(struct explain_params, engine), "auto|offline|model",
	  "who explains: syswhy alone, or a model too, when one is configured (auto, the default)", "auto|offline|model", false },
	{ "model", 'm', PARAM_TEXT, offsetof(struct explain_params, model), "NAME", "the model to ask: an alias, or ENDPOINT/NAME", NULL, false },
	{ "no-stream", 0, PARAM_BOOL, offsetof(struct explain_params, whole), NULL, "ask for the model's answer in one piece, for servers that stream badly", NULL, false },
	{ "dry-run", 0, PARAM_BOOL, offsetof(struct explain_params, dry), NULL, "show what would be sent to the model first, and send nothing", NULL, false },
	{ 0 },
};

/* ---- reading ---- */

static int input_read(const char *path, struct build *out, struct error *err)
{
	bool in = strcmp(path, "-") == 0;
	AUTO_FD fd = in ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat info;
	int code;

	if (fd < 0 || fstat(fd, &info) < 0)
		return fail(err, -errno, "cannot open '%s': %s", in ? "standard input" : path, strerror(errno));
	if (S_ISDIR(info.st_mode))
		return fail(err, -EISDIR, "'%s' is a folder: name a file in it", path);
	if (!in && !S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode))
		return fail(err, -EINVAL, "'%s' is no file that can be read to its end", path);
	if (S_ISFIFO(info.st_mode) && !in)
		fcntl(fd, F_SETFL, 0); /* wait for the writer */
	code = fd_read_all(fd, EXPLAIN_MOST * 16, out, err);
	if (code < 0)
		return fail_within(err, "%s", in ? "standard input" : path), code;
	if (out->cut || (out->len > EXPLAIN_MOST && !text_starts(build_text(out), "\177ELF")))
		return fail(err, -EFBIG, "%s is longer than any program or output that can be read here (%zu MiB); give its beginning: head -c %zuM",
			    in ? "the input" : path, EXPLAIN_MOST >> 20, EXPLAIN_MOST >> 20);
	return 0;
}

/* ---- the report ---- */

static void sentence(struct build *out)
{
	for (size_t i = 0; i < out->len; i++) {
		if (isalpha((unsigned char)out->at[i])) {
			out->at[i] = (char)toupper((unsigned char)out->at[i]);
			return;
		}
		if (out->at[i] != ' ')
			return;
	}
}

/* "When …, if … (line 3)": what a block waits for. */
static void step_head(const struct explanation *e, const struct step *step, struct build *out)
{
	if (step->name)
		build_fmt(out, "%s() runs ", step->name);
	if (step->count)
		build_put(out, "when ");
	step_when(e, step, out);
	if (!step->count)
		build_put(out, step->name ? "when another function calls it" : "at no probe that could be found");
	if (step->filter)
		build_fmt(out, ", if %s", step->filter);
	if (step->line)
		build_fmt(out, " (line %u)", step->line);
	if (!step->name)
		sentence(out);
}

static bool has_branch(const struct step *step)
{
	vec_each(line, &step->does)
		if (text_starts(text_of(*line), "· "))
			return true;
	return false;
}

/* Lines of the section on what it does, one call each. */
static void steps_tell(const struct explanation *e, void (*take)(void *context, const char *line), void *context)
{
	vec_each(step, &e->steps) {
		AUTO_BUILD line = { 0 };

		step_head(e, step, &line);
		if (step->does.len <= 4 && !has_branch(step)) {
			build_put(&line, ": ");
			for (size_t i = 0; i < step->does.len; i++)
				build_fmt(&line, "%s%s", i ? "; " : "", step->does.at[i]);
			build_put(&line, step->does.len ? "." : "nothing.");
			take(context, line.at);
			continue;
		}
		build_put(&line, ":");
		take(context, line.at);
		for (size_t i = 0; i < step->does.len; i++) {
			AUTO_BUILD each = { 0 };

			if (step->lines.len > i && step->lines.at[i])
				build_fmt(&each, "… line %u: ", step->lines.at[i]);
			else
				build_put(&each, "… ");
			build_fmt(&each, "%s%s", step->does.at[i], text_ends(text_of(step->does.at[i]), ":") ? "" : ".");
			take(context, each.at);
		}
	}
	vec_each(shows, &e->shows)
		take(context, *shows);
	if (e->stop)
		take(context, e->stop);
}

static void stores_tell(const struct explanation *e, void (*take)(void *context, const char *line), void *context)
{
	vec_each(store, &e->stores) {
		AUTO_BUILD line = { 0 };

		build_fmt(&line, "%s: %s", store->name, store->holds);
		if (store->keys)
			build_fmt(&line, ", for each %s", store->keys);
		if (store->shown)
			build_fmt(&line, "; %s", store->shown);
		build_put(&line, ".");
		take(context, line.at);
	}
}

static void risks_tell(const struct explanation *e, void (*take)(void *context, const char *line), void *context)
{
	vec_each(risk, &e->risks) {
		AUTO_BUILD line = { 0 };

		build_put(&line, risk->level == RISK_DANGER ? "DANGER: " : risk->level == RISK_WARNING ? "Warning: " : "");
		if (risk->line)
			build_fmt(&line, "line %u: ", risk->line);
		build_put(&line, risk->text);
		take(context, line.at);
	}
}

static const char *rate_words(const struct explanation *e, const struct watch *watch)
{
	if (watch->rate > 0)
		return "by its definition";
	if (watch->count >= 0)
		return "measured";
	return watch->unmeasured ? watch->unmeasured : e->measuring ? e->measuring : "not measured";
}

static json_t *rates_table(const struct explanation *e)
{
	json_t *rows = json_array();

	vec_each(watch, &e->watches) {
		double rate = watch->rate > 0 ? watch->rate : watch->count >= 0 && watch->seconds > 0 ? watch->count / watch->seconds : -1;

		if (watch->rate == 0)
			continue;
		json_array_append_new(rows, json_pack("[o, o, o]", json_text(text_of(watch->name)), rate >= 0 ? json_real((double)(long)(rate * 10 + 0.5) / 10) : json_null(),
						      json_text(text_of(rate_words(e, watch)))));
	}
	return json_pack("{s:[{s:s, s:b}, {s:s}, {s:s}], s:o}", "columns", "name", "probe", "key", 1, "name", "a second", "name", "how that is known", "rows", rows);
}

static void section_line(void *context, const char *line)
{
	build_fmt(context, "%s\n", line);
}

static void section_add(const struct explanation *e, const char *title, struct evidence_list *list,
			void (*tell)(const struct explanation *e, void (*take)(void *context, const char *line), void *context))
{
	AUTO_BUILD text = { 0 };

	tell(e, section_line, &text);
	if (text.len)
		evidence_add(list, EVIDENCE_TEXT, title, json_pack("{s:o}", "text", json_text(build_text(&text))));
}

static void subjects_say(struct report *report, const struct explanation *e)
{
	const struct subject *told[3];
	size_t count = 0;

	vec_each(watch, &e->watches) {
		bool known = !watch->subject;

		for (size_t i = 0; i < count; i++)
			known |= told[i] == watch->subject;
		if (known || count == COUNT(told))
			continue;
		told[count++] = watch->subject;
		report_say(report, REPORT_PARAGRAPH, "It watches where %s can be seen%s%s", watch->subject->what, watch->subject->hint ? ". " : ".",
			   watch->subject->hint ? watch->subject->hint : "");
	}
}

/* What is found offline, as evidence that is numbered, so that a model may cite it. */
static void sections_collect(struct explanation *e, struct evidence_list *list)
{
	bool events = false;

	if (e->kind == EXPLAIN_OUTPUT) {
		section_add(e, "What it says", list, steps_tell);
		section_add(e, "What to mind", list, risks_tell);
		vec_each(item, &e->evidence.items) { /* the words first, then what they were read from */
			(*item)->number = (unsigned)list->items.len + 1;
			vec_push(&list->items, *item);
		}
		vec_done(&e->evidence.items);
		return;
	}
	section_add(e, "What it does", list, steps_tell);
	section_add(e, "What it keeps", list, stores_tell);
	vec_each(watch, &e->watches)
		events |= watch->rate != 0;
	if (events)
		evidence_add(list, EVIDENCE_TABLE, "How often its probes fire here", rates_table(e))->seconds = e->seconds;
	section_add(e, "What could go wrong", list, risks_tell);
}

static void sections_show(struct report *report, const struct evidence_list *list)
{
	vec_each(item, &list->items) {
		struct text rest = text_of(json_get_string((*item)->data, "text")), line;

		if ((*item)->kind != EVIDENCE_TEXT) {
			report_show(report, *item);
			continue;
		}
		report_say(report, REPORT_HEADING, "[%u] %s", (*item)->number, (*item)->title);
		while (text_line(&rest, &line))
			report_say(report, REPORT_LIST, "%.*s", TEXT_ARG(line));
	}
}

/* ---- JSON ---- */

static json_t *text_or_null(const char *text)
{
	return text ? json_text(text_of(text)) : json_null();
}

static json_t *number_or_null(double number)
{
	return number >= 0 ? json_real(number) : json_null();
}

static json_t *watches_json(const struct explanation *e)
{
	static const char *const reaches[] = { "yes", "no", "unknown" };
	json_t *array = json_array();

	vec_each(watch, &e->watches) {
		AUTO_BUILD when = { 0 };
		struct step one = { .first = (size_t)(watch - e->watches.at), .count = 1 };

		step_when(e, &one, &when);
		json_array_append_new(array, json_pack("{s:o, s:i, s:o, s:s, s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "name", json_text(text_of(watch->name)),
						       "line", (int)watch->line, "when", json_text(build_text(&when)), "attaches", reaches[watch->reach],
						       "why", text_or_null(watch->why), "matches", (int)watch->matches, "subject",
						       text_or_null(watch->subject ? watch->subject->name : NULL), "unit",
						       text_or_null(watch->subject ? watch->subject->unit : NULL), "count", number_or_null(watch->count),
						       "per_second", number_or_null(watch->rate > 0 ? watch->rate : watch->count >= 0 && watch->seconds > 0 ? watch->count / watch->seconds : -1),
						       "seconds", number_or_null(watch->seconds), "unmeasured", text_or_null(watch->unmeasured)));
	}
	return array;
}

static json_t *steps_json(const struct explanation *e)
{
	json_t *array = json_array();

	vec_each(step, &e->steps) {
		json_t *does = json_array(), *probes = json_array();
		AUTO_BUILD when = { 0 };

		step_when(e, step, &when);
		for (size_t i = 0; i < step->count; i++)
			json_array_append_new(probes, json_text(text_of(e->watches.at[step->first + i].name)));
		vec_each(line, &step->does)
			json_array_append_new(does, json_text(text_of(*line)));
		json_array_append_new(array, json_pack("{s:i, s:o, s:o, s:o, s:o, s:o}", "line", (int)step->line, "function", text_or_null(step->name), "probes", probes,
						       "when", json_text(build_text(&when)), "filter", text_or_null(step->filter), "does", does));
	}
	return array;
}

static void json_fill(json_t *json, const char *file, const struct explanation *e, const struct evidence_list *list)
{
	json_t *maps = json_array(), *risks = json_array(), *shows = json_array(), *evidence = json_array();

	vec_each(store, &e->stores)
		json_array_append_new(maps, json_pack("{s:o, s:i, s:o, s:o, s:o, s:o}", "name", json_text(text_of(store->name)), "line", (int)store->line, "holds",
						      text_or_null(store->holds), "keys", text_or_null(store->keys), "unit", text_or_null(store->unit), "shown",
						      text_or_null(store->shown)));
	vec_each(risk, &e->risks)
		json_array_append_new(risks, json_pack("{s:s, s:i, s:o}", "level", risk_level_name(risk->level), "line", (int)risk->line, "text",
						       json_text(text_of(risk->text))));
	vec_each(line, &e->shows)
		json_array_append_new(shows, json_text(text_of(*line)));
	vec_each(item, &list->items)
		json_array_append_new(evidence, evidence_save(*item));
	json_object_set_new(json, "file", json_text(text_of(file)));
	json_object_set_new(json, "kind", json_string(explain_kind_name(e->kind)));
	json_object_set_new(json, "what", text_or_null(e->what));
	json_object_set_new(json, "title", text_or_null(e->title));
	if (!json_object_get(json, "engine"))
		json_object_set_new(json, "engine", json_string("offline"));
	if (!json_object_get(json, "answer"))
		json_object_set_new(json, "answer", json_null());
	json_object_set_new(json, "probes", watches_json(e));
	json_object_set_new(json, "steps", steps_json(e));
	json_object_set_new(json, "maps", maps);
	json_object_set_new(json, "shows", shows);
	json_object_set_new(json, "stop", text_or_null(e->stop));
	json_object_set_new(json, "risks", risks);
	json_object_set_new(json, "seconds", json_real(e->seconds));
	json_object_set_new(json, "evidence", evidence);
}

/* ---- the whole ---- */

static int measure(struct context *context, struct explanation *e, const struct tracer_facts *facts, const struct explain_params *p, struct error *err)
{
	double seconds = p->seconds > 0 ? p->seconds : SECONDS_DEFAULT;
	int code;

	if (p->still)
		e->measuring = "not asked for";
	else if (geteuid() != 0)
		e->measuring = "counting them needs root";
	else if (!facts->bpftrace || !facts->dialect)
		e->measuring = "there is no bpftrace here that could count them";
	if (e->measuring || !e->watches.len)
		return 0;
	if (!context->quiet && isatty(STDERR_FILENO))
		fprintf(stderr, "counting its probes for %g s; the program itself is not run\n", seconds);
	code = explain_measure(e, facts, seconds, err);
	explain_weigh(e);
	return code;
}

static void title_say(struct report *report, const struct explanation *e)
{
	AUTO_BUILD line = { 0 };

	build_fmt(&line, "This is %s", e->what);
	if (e->title)
		build_fmt(&line, ": %s", e->title);
	if (line.at[line.len - 1] != '.')
		build_put(&line, ".");
	report_say(report, REPORT_PARAGRAPH, "%s", line.at);
}

static int explain_all(struct context *context, const struct explain_params *p, struct explanation *e, struct text text,
		       const struct tracer_facts *facts, struct error *err)
{
	struct evidence_list list = { 0 };
	struct model_words words = { .name = p->model, .engine = p->engine, .dry = p->dry, .whole = p->whole };
	struct report *report = context->report;
	int code = explain_text(e, p->file.at[0], text, facts, err), exit_code = EXIT_DONE;

	if (code == 0)
		code = measure(context, e, facts, p, err);
	if (code < 0 && code != -EINTR)
		return EXIT_FAILED;
	sections_collect(e, &list);
	if (!p->dry)
		title_say(report, e);
	if (code == -EINTR)
		exit_code = EXIT_INTERRUPTED;
	else
		exit_code = explain_model(context, text, e, &list, &words, err);
	if (!words.shown) {
		subjects_say(report, e);
		sections_show(report, &list);
		if (!e->risks.len && e->kind != EXPLAIN_OUTPUT)
			report_say(report, REPORT_PARAGRAPH, "Nothing was found that could go wrong.");
	}
	json_fill(report_json(report), p->file.at[0], e, &list);
	report_own(report, &list);
	return exit_code;
}

static int run(struct context *context, const void *values, struct error *err)
{
	const struct explain_params *asked = values;
	AUTO_BUILD text = { .ceiling = EXPLAIN_MOST * 16 + 1 };
	AUTO_EXPLANATION explanation = { .number = report_number };
	struct trace tracer = { 0 };
	struct tracer_facts facts = { 0 };
	int code;

	if (asked->file.len != 1)
		return fail(err, -EINVAL, "one file at a time, or - for standard input"), EXIT_USAGE;
	if (asked->seconds > SECONDS_MOST || asked->seconds == 0)
		return fail(err, -EINVAL, "--for takes more than no time and at most an hour"), EXIT_USAGE;
	if (input_read(asked->file.at[0], &text, err) < 0)
		return EXIT_FAILED;
	if (trace_tracer(&tracer, err) < 0)
		return trace_done(&tracer), EXIT_CONFIG;
	facts.bpftrace = tracer.bpftrace;
	facts.dialect = tracer.dialect.version ? &tracer.dialect : NULL;
	/* Behind the mark that some editors put before the first line. */
	code = explain_all(context, asked, &explanation, text_from(build_text(&text), text_starts(build_text(&text), "\xef\xbb\xbf") ? 3 : 0), &facts, err);
	trace_done(&tracer);
	return code;
}

const struct command command_explain = {
	.name = "explain",
	.summary = "Explain a bpftrace, bcc or libbpf program, or the output of one",
	.details = "Says what the program does and shows, how often its probes fire on this machine, and what could go wrong: the program is "
		   "read, never run. As root, its probes are counted for a second by a program that does nothing else; --no-measure leaves that "
		   "out. Of an output, histograms, maps, tables and stacks are read and summed up.\n\n"
		   "With a model configured, it explains too, citing what was found by number; what cites nothing is marked as an opinion. "
		   "Secrets are taken out of everything that is sent.",
	.examples = "syswhy explain /usr/sbin/biolatency.bt  # a tool that is installed\n"
		    "syswhy recipes --show disk.io | syswhy explain -  # one of the recipes\n"
		    "syswhy explain --for 5 mine.bt  # count its probes for five seconds\n"
		    "bpftrace tool.bt | syswhy explain -  # what an output shows\n"
		    "syswhy explain -m NAME mine.bt  # in a model's words too, which cite what was found",
	.flags = COMMAND_READS | COMMAND_MODEL | COMMAND_KEPT,
	.params = params,
	.params_size = sizeof(struct explain_params),
	.run = run,
};
