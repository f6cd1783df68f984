/* Broad questions: how they are known, and the files that say what is looked at for them. */
#include <string.h>
#include "base/figure.h"
#include "base/file.h"
#include "trace/names/names.h"
#include "trace/survey/survey.h"

/* ---- the question ---- */

static bool machine_name(void *context, const struct token *token)
{
	bool prefix;

	(void)context;
	return name_of_process(token->word.text, &prefix);
}

/* A word that is nobody's but a program's: it runs here, people ask for it by name, or it is no word at all. */
static bool names_process(const struct token *token)
{
	bool prefix = false;

	if (token->word.kind == WORD_HAN || token->word.kind == WORD_NUMBER || token->word.kind == WORD_PATH ||
	    text_has(token->word.text, ":"))
		return false;
	return token->famous || (!token->known && !token->english) ||
	       (!token->ignored && name_of_process(token->word.text, &prefix) && !prefix);
}

/* "open", "mount" */
static bool calls(const struct token *token)
{
	AUTO_FREE char *name = text_copy(token->word.text);

	return syscall_number(name) >= 0;
}

struct said {
	bool complaint, waits, generic, fails;
	bool erring; /* something of it speaks of errors: "which errors are there" asks for all of them */
	bool either, mixed; /* "the disk or the network": objects stand beside each other, and differ */
	const char *resource; /* of those that have no survey of their own: "cpu" */
	const char *slow;   /* which kind of complaint */
	const char *object; /* "machine", "memory" */
	size_t process;	    /* its token, SIZE_MAX: none */
};

static bool object_take(struct said *said, const char *name)
{
	/* "memory pressure of the machine" is of memory. */
	bool whole = said->object && strcmp(said->object, "machine") == 0;

	if (said->object && !whole && strcmp(name, "machine") != 0 && strcmp(said->object, name) != 0) {
		said->mixed = true;
		return said->either;
	}
	if (!said->object || whole)
		said->object = name;
	return true;
}

/* What asks for a measurement or groups one is of no broad question: "how long", "by process". */
static bool asks_narrowly(const struct question *q, size_t at)
{
	size_t len;
	const struct role *role = role_at(q, at, &len);

	if (token_in(q, at, GRAMMAR_NARROW_ASK))
		return true;
	return (role && role->kind == ROLE_NUMBER) || sense_at(q, at, "measure", "count", &len);
}

/* Takes what stands at `at`; gives how many tokens, 0 when they are of no broad question. */
static size_t take(const struct question *q, size_t at, struct said *said)
{
	size_t complaint, object, aside;
	const struct sense *what = sense_at(q, at, "complaint", NULL, &complaint);
	const struct sense *whose = sense_at(q, at, "object", NULL, &object);
	const struct sense *filler = sense_at(q, at, "aside", NULL, &aside);

	if (complaint && complaint >= object && complaint >= aside) {
		said->waits |= strcmp(what->name, "wait") == 0;
		said->complaint |= strcmp(what->name, "wait") != 0;
		said->fails |= strcmp(what->name, "fail") == 0;
		said->slow = what->name;
		return complaint;
	}
	if (object && object >= aside)
		return object_take(said, whose->name) ? object : 0;
	if (sense_at(q, at, "joiner", "either", &object))
		return object;
	if (said->either && (what = sense_at(q, at, "resource", NULL, &object))) {
		said->mixed |= said->object || (said->resource && strcmp(said->resource, what->name) != 0);
		said->resource = what->name;
		return object;
	}
	if (asks_narrowly(q, at) && !(said->erring && sense_at(q, at, "aside", "fail", &aside)))
		return 0;
	if (aside) {
		said->generic |= strcmp(filler->name, "process") == 0;
		return aside;
	}
	/* Of what the kernel's own threads and system calls fail at there are measurements. */
	if (said->process != SIZE_MAX || !names_process(&q->tokens.at[at]) || (said->erring && (sense_at(q, at, "name", "kthread", &object) || calls(&q->tokens.at[at]))))
		return 0;
	said->process = at;
	return 1;
}

static bool all_taken(const struct question *q, struct said *said)
{
	*said = (struct said){ .process = SIZE_MAX };
	for (size_t i = 0, len; i < q->tokens.len; i++) {
		said->either |= sense_at(q, i, "joiner", "either", &len) != NULL;
		said->erring |= sense_at(q, i, "complaint", "fail", &len) != NULL;
	}
	for (size_t i = 0, len; i < q->tokens.len; i += len) {
		len = 1;
		if (!q->tokens.at[i].used)
			len = take(q, i, said);
		if (len == 0)
			return false;
	}
	said->mixed |= said->object && said->resource;
	if (said->resource && !said->mixed)
		return false;
	return !said->generic || said->fails || said->process != SIZE_MAX;
}

/* The survey that answers it; "": none. */
static const char *survey_of(const struct said *said, bool one)
{
	bool whole = !said->object || strcmp(said->object, "machine") == 0;

	if (said->either && said->mixed)
		return one ? "process" : "machine";
	if (said->fails) /* of a disk's errors there is a measurement */
		return whole ? "failures" : "";
	if (one)
		return (said->complaint || said->waits) && whole ? "process" : "";
	if (!said->complaint)
		return "";
	/* Of a disk that is slow the requests are asked for, which one measurement shows. */
	if (said->object && strcmp(said->object, "disk") == 0 && strcmp(said->slow, "slow") == 0)
		return "";
	return said->object ? said->object : "machine";
}

/* Nothing but a process, a time and what is asked aside may be said of it. */
static bool plain_filters(const struct plan *plan, long *pid)
{
	vec_each(condition, &plan->where) {
		if (!condition->role || strcmp(condition->role, "pid") != 0 || condition->compare != COMPARE_EQUAL || condition->text || *pid)
			return false;
		*pid = (long)condition->number;
	}
	return plan->interval <= 0 && !plan->per_second && plan->top == 0 && plan->events == 0 && plan->hz == 0;
}

void broad_read(const struct vocabulary *vocabulary, struct kernel *kernel, const struct trace_request *request,
		struct broad *broad)
{
	AUTO(plan_done) struct plan plan;
	struct plan_options none = { 0 };
	struct wish wish;
	struct said said;
	bool one;

	*broad = (struct broad){ .pid = 0 };
	plan_init(&plan);
	wish = (struct wish){ .plan = &plan, .kernel = kernel, .options = &none };
	question_read(&wish.question, vocabulary, request->question, machine_name, kernel);
	wish_numbers(&wish);
	if (wish.question.tokens.len && all_taken(&wish.question, &said) && plain_filters(&plan, &broad->pid)) {
		one = said.process != SIZE_MAX || broad->pid || request->options.pid || request->options.process || request->command;
		snprintf(broad->survey, sizeof(broad->survey), "%s", survey_of(&said, one));
		if (said.process != SIZE_MAX)
			snprintf(broad->process, sizeof(broad->process), "%.*s", TEXT_ARG(wish.question.tokens.at[said.process].word.text));
		broad->seconds = plan.seconds;
	}
	question_done(&wish.question);
	vec_done(&wish.extras);
	vec_done(&wish.raw_keys);
	vec_done(&wish.mentions);
}

/* ---- the file ---- */

static bool amount_read(struct text value, double *amount, bool *bytes)
{
	static const struct {
		const char *unit;
		double size;
	} units[] = { { "", 1 }, { "%", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 }, { "KiB", 0x1p10 }, { "MiB", 0x1p20 } };
	struct text number;

	if (!text_word(&value, &number) || !text_real(number, amount))
		return false;
	for (size_t i = 0; i < COUNT(units); i++)
		if (text_is(text_trim(value), units[i].unit)) {
			*amount *= units[i].size;
			*bytes = strchr(units[i].unit, 'B') != NULL;
			return true;
		}
	return false;
}

static bool figure_read(struct text value, enum figure_kind *figure)
{
	static const char *const names[] = { [FIGURE_CPUS] = "cpus", [FIGURE_BUSY] = "busy", [FIGURE_TAIL] = "tail",
					     [FIGURE_RATE] = "rate" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (text_is(value, names[i])) {
			*figure = (enum figure_kind)i;
			return true;
		}
	return false;
}

static bool look_line(struct survey *survey, struct text key, struct text value)
{
	struct look *look = survey->count ? &survey->looks[survey->count - 1] : NULL;
	const char *kept = arena_text(survey->arena, value);

	if (text_is(key, "what"))
		survey->what = kept;
	else if (text_is(key, "stand"))
		survey->stand = kept;
	else if (text_is(key, "next"))
		for (size_t i = 0; i < COUNT(survey->next); i++) {
			if (survey->next[i])
				continue;
			survey->next[i] = kept;
			return true;
		}
	else if (text_is(key, "look") && survey->count < LOOKS_MOST)
		survey->looks[survey->count++] = (struct look){ .question = kept, .above = -1, .value = -1 };
	else if (!look)
		return false;
	else if (text_is(key, "name"))
		look->name = kept;
	else if (text_is(key, "means"))
		look->means = kept;
	else if (text_is(key, "figure"))
		return figure_read(value, &look->figure);
	else if (text_is(key, "above"))
		return amount_read(value, &look->above, &look->bytes);
	else if (text_is(key, "least"))
		return amount_read(value, &look->least, &(bool){ false });
	else
		return false;
	return true;
}

/* What a look needs: a name, and what it means where it can stand out. */
static bool look_whole(const struct survey *survey)
{
	const struct look *look = survey->count ? &survey->looks[survey->count - 1] : NULL;

	return !look || (look->name && (look->above < 0 || look->means));
}

struct survey *survey_read(const char *data, const char *name, struct error *err)
{
	AUTO_FREE char *path = NULL;
	AUTO_BUILD content = { 0 };
	struct survey *survey;
	struct text rest, line;

	if (asprintf(&path, "%s/surveys/%s.survey", data, name) < 0)
		abort();
	if (file_read(path, 64 << 10, &content, err) < 0)
		return NULL;
	survey = calloc(1, sizeof(*survey));
	if (!survey)
		abort();
	survey->arena = arena_new();
	survey->name = arena_text(survey->arena, text_of(name));
	survey->whose = "";
	rest = build_text(&content);
	for (unsigned number = 1; text_line(&rest, &line); number++) {
		struct text value = text_trim(line), key;

		if (value.len == 0 || value.at[0] == '#')
			continue;
		if (!text_word(&value, &key) || text_trim(value).len == 0 || (text_is(key, "look") && !look_whole(survey)) ||
		    !look_line(survey, key, text_trim(value))) {
			fail(err, -EINVAL, "%s:%u: '%.*s' is not of a survey: docs/vocabulary.md lists its lines", path, number,
			     TEXT_ARG(text_trim(line)));
			survey_free(survey);
			return NULL;
		}
	}
	if (survey->count && survey->what && look_whole(survey))
		return survey;
	fail(err, -EINVAL, "%s: it says not what it is, or of a look not its name, or not what much of it means", path);
	survey_free(survey);
	return NULL;
}
