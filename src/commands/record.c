/* From a report to an entry of the history, and back. */
#include "commands/record.h"
#include <ctype.h>
#include <math.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "base/file.h"
#include "base/log.h"
#include "base/owner.h"
#include "base/utf8.h"
#include "llm/config.h"

#define CELLS_MOST   (64 << 10)
#define SECRET_LEAST 4 /* bytes: what is shorter stands in any text */

int record_settings(bool *wanted, struct history_limits *limits, struct error *err)
{
	const char *off = getenv("SYSWHY_NO_HISTORY");
	AUTO_FREE char *path = history_path();
	AUTO_BUILD file = { 0 };
	AUTO_LLM_CONFIG config = { 0 };
	AUTO_OWNER owner = { 0 };
	struct llm_flags flags = { 0 };

	*wanted = !(off && off[0] && strcmp(off, "0") != 0);
	*limits = (struct history_limits){ HISTORY_DAYS, HISTORY_MIB };
	if (!*wanted)
		return 0;
	if (getenv("SUDO_UID") && geteuid() == 0 && person_home()) {
		/* The wishes of the person whose history it is, not of root. */
		build_fmt(&file, "%s/.config/syswhy/config", person_home());
		flags.user_file = file.at;
		if (owner_enter(file.at, &owner, err) < 0)
			return err ? err->code : -EPERM;
	}
	if (llm_config_load(&config, &flags, err) < 0)
		return fail_within(err, "it is not known whether a history is wanted");
	*wanted = !config.no_history;
	if (config.history_days >= 0)
		limits->days = config.history_days;
	if (config.history_mib >= 0)
		limits->mib = config.history_mib;
	return 0;
}

/* ---- what is kept ---- */

/* Evidence that the object has too is kept once: the block says where. */
static void blocks_share(json_t *blocks, const json_t *evidence)
{
	json_t *block;
	const json_t *shown, *each;
	size_t i, e;

	json_array_foreach(blocks, i, block) {
		shown = json_object_get(block, "evidence");
		if (!shown)
			continue;
		json_array_foreach(evidence, e, each) {
			if (!json_equal(shown, each))
				continue;
			json_object_set_new(block, "evidence", json_integer((json_int_t)e));
			break;
		}
	}
}

/* Long lists and texts are cut until it fits: `most` items, and 64 bytes of text for each. */
static json_t *shrunk(const json_t *value, size_t most)
{
	const char *key;
	json_t *each, *copy;
	size_t i;

	if (json_is_string(value) && json_string_length(value) > most * 64) {
		AUTO_BUILD text = { 0 };

		build_fmt(&text, "%.*s\n(cut here)", (int)(most * 64), json_string_value(value));
		return json_text(build_text(&text));
	}
	if (json_is_array(value)) {
		copy = json_array();
		json_array_foreach(value, i, each)
			if (i < most)
				json_array_append_new(copy, shrunk(each, most));
		return copy;
	}
	if (!json_is_object(value))
		return json_deep_copy(value);
	copy = json_object();
	json_object_foreach((json_t *)(uintptr_t)value, key, each)
		json_object_set_new(copy, key, shrunk(each, most));
	if (json_array_size(json_object_get(value, "rows")) > most && !json_object_get(copy, "total_rows"))
		json_object_set_new(copy, "total_rows", json_integer((json_int_t)json_array_size(json_object_get(value, "rows"))));
	return copy;
}

static bool fits(const json_t *value)
{
	return json_dumpb(value, NULL, 0, JSON_COMPACT) <= HISTORY_SAVED;
}

static json_t *saved_of(struct report *report)
{
	json_t *object = json_copy(report_json(report)), *blocks = report_save(report), *saved;

	blocks_share(blocks, json_object_get(object, "evidence"));
	saved = json_pack("{s:o,s:o}", "object", object, "blocks", blocks);
	for (size_t most = 20000; !fits(saved) && most >= 20; most /= 4) {
		json_t *less = shrunk(saved, most);

		json_object_set_new(less, "cut", json_integer((json_int_t)most));
		json_decref(saved);
		saved = less;
	}
	return saved;
}

/* Names and texts of the evidence: what an entry may be looked for by. */
static void cells_gather(const json_t *value, struct build *out)
{
	const char *key;
	json_t *each;
	size_t i;

	if (json_is_string(value) && out->len < CELLS_MOST)
		build_fmt(out, "%s ", json_string_value(value));
	json_array_foreach(value, i, each)
		cells_gather(each, out);
	if (json_is_object(value))
		json_object_foreach((json_t *)(uintptr_t)value, key, each)
			cells_gather(each, out);
}

/* ---- cleaned ---- */

struct cleaner {
	struct redactor *redactor;
	struct error *err;
	int code; /* the first failure: nothing is kept then */
};

static struct clean clean_text(struct cleaner *c, struct build *out, struct text t)
{
	struct clean clean = { 0 };

	if (c->code == 0)
		c->code = redact_clean(c->redactor, t, out, &clean, c->err);
	return clean;
}

static bool word_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Every `value` that stands alone in `text` becomes `placeholder`. */
static void value_hide(struct text value, const char *placeholder, struct build *text)
{
	AUTO_FREE char *words = text_copy(value);
	AUTO_BUILD out = { 0 };
	struct text rest = build_text(text);
	size_t from = 0, at;

	while (strlen(words) == value.len && text_find(text_from(rest, from), words, &at)) {
		size_t end = from + at + value.len;
		bool alone = !((from + at && word_byte(rest.at[from + at - 1]) && word_byte(value.at[0])) ||
			       (end < rest.len && word_byte(rest.at[end]) && word_byte(value.at[value.len - 1])));

		build_add(&out, text_until(text_from(rest, from), at));
		build_add(&out, alone ? text_of(placeholder) : value);
		from = end;
	}
	if (!from)
		return;
	build_add(&out, text_from(rest, from));
	build_clear(text);
	build_add(text, build_text(&out));
}

void model_said_hide(const struct redactor *redactor, struct text said, struct build *out)
{
	struct redacted entry;

	build_add(out, said);
	for (size_t next = 0; redact_report(redactor, &next, &entry);)
		if (entry.value.len >= SECRET_LEAST)
			value_hide(entry.value, entry.placeholder, out);
}

static void key_hide(const struct redactor *redactor, json_t *object, const char *key)
{
	const json_t *said = json_object_get(object, key);
	AUTO_BUILD text = { 0 };

	if (!json_is_string(said))
		return;
	model_said_hide(redactor, text_of(json_string_value(said)), &text);
	json_object_set_new(object, key, json_text(build_text(&text)));
}

/* The same report with the words of models made so. */
static json_t *models_hide(const struct redactor *redactor, const json_t *saved)
{
	json_t *copy = json_deep_copy(saved), *object = json_object_get(copy, "object"), *each;
	size_t i;

	key_hide(redactor, object, "answer");
	json_array_foreach(json_object_get(object, "turns"), i, each)
		if (strcmp(json_get_string(each, "role"), "person") != 0) /* what is traced may be the model's question */
			key_hide(redactor, each, "text");
	json_array_foreach(json_object_get(object, "notes"), i, each) {
		AUTO_BUILD text = { 0 }; /* they quote what cites nothing */

		model_said_hide(redactor, text_of(json_string_value(each) ? json_string_value(each) : ""), &text);
		json_array_set_new(json_object_get(object, "notes"), i, json_text(build_text(&text)));
	}
	json_array_foreach(json_object_get(copy, "blocks"), i, each)
		if (json_is_true(json_object_get(each, "marked")))
			key_hide(redactor, each, "text");
	return copy;
}

struct cleaned {
	struct build command, line, folder, question, host, kernel, status, program, answer, model, saved, cells;
};

static void drop_cleaned(struct cleaned *c)
{
	struct build *const all[] = { &c->command, &c->line, &c->folder, &c->question, &c->host, &c->kernel,
				      &c->status, &c->program, &c->answer, &c->model, &c->saved, &c->cells };

	for (size_t i = 0; i < COUNT(all); i++)
		build_done(all[i]);
}

/* How many words an option takes; `common`: it is one that every command has. 0: the word is no option. */
static int option_words(const struct record *record, int at, bool *common)
{
	const char *word = record->argv[at];
	const struct param *param = word[0] == '-' && word[1] ? command_option(record->command, word) : NULL;
	bool alone = word[1] == '-' || !word[2]; /* not one of several letters, nor with its value */

	*common = false;
	for (const struct param *one = common_params; param && one->name; one++)
		*common = *common || (one == param && alone);
	return !param ? 0 : param_takes_value(param) && alone && !strchr(word, '=') && at + 1 < record->argc ? 2 : 1;
}

/* The words of the line without --json and its like: how it was shown is not what was asked. Behind "--" all is as it is. */
static json_t *line_words(const struct record *record)
{
	json_t *line = json_array();
	bool rest = false, common;

	for (int i = 0; i < record->argc;) {
		int count = rest ? 0 : option_words(record, i, &common);

		rest = rest || strcmp(record->argv[i], "--") == 0;
		if (count && common) {
			i += count;
			continue;
		}
		for (int end = i + (count ? count : 1); i < end; i++)
			json_array_append_new(line, json_text(text_of(record->argv[i])));
	}
	return line;
}

static void line_clean(struct cleaner *c, const struct record *record, struct cleaned *to, struct history_entry *entry)
{
	AUTO_JSON line = line_words(record);
	AUTO_FREE char *plain = NULL;
	bool readable = true;

	/* What is no UTF-8 is kept as escapes, which are other words. */
	for (int i = 0; i < record->argc; i++)
		readable = readable && utf8_valid(text_of(record->argv[i]));
	plain = json_dumps(line, JSON_COMPACT);
	if (c->code == 0)
		c->code = redact_json(c->redactor, line, &to->line, &entry->line, c->err);
	entry->line_whole = readable && plain && text_is(entry->line.text, plain);
}

static void usage_take(const json_t *usage, struct history_entry *entry)
{
	const json_t *cost = json_object_get(usage, "cost");

	entry->input = (long)json_get_number(usage, "input_tokens", -1);
	entry->output = (long)json_get_number(usage, "output_tokens", -1);
	entry->cost = json_is_number(cost) ? json_number_value(cost) : NAN;
}

static int add(const struct record *record, const json_t *object, const json_t *saved, const struct history_limits *limits,
	       struct history *history, long long *id, struct error *err)
{
	struct redact_options options = { 0 }; /* it does not leave the machine: names and addresses may stay */
	AUTO_REDACTOR redactor = redactor_new(&options, err);
	struct cleaner c = { .redactor = redactor, .err = err };
	AUTO(drop_cleaned) struct cleaned to = { 0 };
	const char *program = json_get_string(object, "program");
	const json_t *usage = json_object_get(object, "usage"), *question = json_object_get(object, "question");
	AUTO_FREE char *folder = getcwd(NULL, 0);
	AUTO_BUILD cells = { 0 }, known = { 0 };
	AUTO_JSON shown = NULL;
	struct clean unused;
	struct history_entry entry = { .began = record->began, .seconds = record->seconds, .exit_code = record->code };
	struct utsname machine = { 0 };

	if (!redactor)
		return err->code;
	uname(&machine);
	cells_gather(json_object_get(object, "evidence"), &cells);
	/* First what words alone tell: then the same values are known in the rest. */
	line_clean(&c, record, &to, &entry);
	/* Then all of it, for what it teaches: an answer stands before the evidence that shows what in it is a secret. */
	if (c.code == 0)
		c.code = redact_json(redactor, saved, &known, &unused, err);
	shown = models_hide(redactor, saved);
	entry.command = clean_text(&c, &to.command, text_of(record->command->name));
	entry.folder = clean_text(&c, &to.folder, text_of(folder));
	entry.question = clean_text(&c, &to.question, json_is_string(question) ? text_of(json_string_value(question)) : record->words);
	entry.host = clean_text(&c, &to.host, text_of(machine.nodename));
	entry.kernel = clean_text(&c, &to.kernel, text_of(machine.release));
	entry.status = clean_text(&c, &to.status, text_of(json_get_string(object, "status")));
	entry.program = clean_text(&c, &to.program, text_of(program));
	entry.answer = clean_text(&c, &to.answer, text_of(json_get_string(json_object_get(shown, "object"), "answer")));
	entry.model = clean_text(&c, &to.model, text_of(json_get_string(usage, "model")));
	if (c.code == 0)
		c.code = redact_json(redactor, shown, &to.saved, &entry.saved, err);
	entry.cells = clean_text(&c, &to.cells, build_text(&cells));
	entry.program_whole = text_is(entry.program.text, program);
	entry.seen = json_array_size(json_object_get(object, "evidence")) > 0;
	usage_take(usage, &entry);
	return c.code < 0 ? c.code : history_add(history, &entry, limits, id, err);
}

int record_keep(const struct record *record, struct report *report, long long *id, struct error *err)
{
	json_t *object = report_json(report);
	struct history_limits limits;
	AUTO_HISTORY history = NULL;
	AUTO_JSON saved = NULL;
	bool wanted;
	int code;

	/* A line that asked nothing (a check of data files) came to nothing to keep. */
	if (!json_get_string(object, "question")[0] && !record->words.len)
		return 0;
	code = record_settings(&wanted, &limits, err);
	if (code < 0 || !wanted)
		return code;
	history = history_open(NULL, data_folder(), false, err);
	if (!history)
		return err->code;
	saved = saved_of(report);
	code = add(record, object, saved, &limits, history, id, err);
	if (code == 0)
		log_stage("history", "kept as %lld", *id);
	return code;
}

/* ---- and back ---- */

json_t *record_read(const struct history_row *row, struct error *err)
{
	AUTO_JSON saved = json_parse(text_of(row->saved), err);
	const json_t *evidence;
	json_t *block;
	size_t i;

	if (!saved || !json_is_object(json_object_get(saved, "object"))) {
		fail(err, -EBADMSG, "entry %lld of the history cannot be read", row->id);
		return NULL;
	}
	evidence = json_object_get(json_object_get(saved, "object"), "evidence");
	json_array_foreach(json_object_get(saved, "blocks"), i, block) {
		json_t *place = json_object_get(block, "evidence");

		if (json_is_integer(place))
			json_object_set(block, "evidence", json_array_get(evidence, (size_t)json_integer_value(place)));
	}
	return TAKE(saved);
}

int record_evidence(const json_t *saved, struct evidence_list *list, struct error *err)
{
	const json_t *object = json_object_get(saved, "object"), *each;
	const char *output = json_get_string(object, "output");
	size_t i;

	json_array_foreach(json_object_get(object, "evidence"), i, each) {
		int code = evidence_load(list, each, err);

		if (code < 0)
			return code;
	}
	if (!list->items.len && output[0])
		evidence_add(list, EVIDENCE_TEXT, json_get_string(object, "question"), json_pack("{s:s}", "text", output));
	return 0;
}

static bool evidence_shown(const json_t *blocks, const json_t *evidence)
{
	const json_t *block;
	size_t i;

	json_array_foreach(blocks, i, block)
		if (json_equal(json_object_get(block, "evidence"), evidence))
			return true;
	return false;
}

static bool output_shown(const json_t *blocks, const char *output)
{
	const json_t *block;
	size_t i;

	json_array_foreach(blocks, i, block)
		if (strstr(json_get_string(block, "text"), output))
			return true;
	return false;
}

int record_say(const json_t *saved, struct report *report, struct error *err)
{
	const json_t *object = json_object_get(saved, "object"), *blocks = json_object_get(saved, "blocks"), *each;
	const char *output = json_get_string(object, "output");
	size_t i;

	/* What went over the screen while it ran stands in no block. */
	json_array_foreach(json_object_get(object, "evidence"), i, each) {
		struct evidence_list list = { 0 };
		int code = evidence_shown(blocks, each) ? 0 : evidence_load(&list, each, err);

		if (code < 0)
			return code;
		if (list.items.len) {
			list.items.at[0]->number = (unsigned)json_get_number(each, "number", 1);
			report_show(report, list.items.at[0]);
		}
		report_own(report, &list);
	}
	json_array_foreach(json_object_get(object, "turns"), i, each) {
		report_say(report, REPORT_HEADING, "%s", json_get_string(each, "role"));
		report_marked(report, strcmp(json_get_string(each, "role"), "model") == 0);
		report_say(report, REPORT_PARAGRAPH, "%s", json_get_string(each, "text"));
		report_marked(report, false);
	}
	if (output[0] && !output_shown(blocks, output))
		report_say(report, REPORT_CODE, "%s", output);
	return report_load(report, blocks, err);
}
