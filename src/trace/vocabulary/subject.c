/* Reading the body of a subject: what it is called, and the ways to see it. Only the few subjects that a
 * question may mean are read whole. */
#include <ctype.h>
#include <string.h>
#include "trace/vocabulary/reader.h"

static void names_read(struct reader *r, struct text value, name_list *list)
{
	struct text word;

	while (text_word(&value, &word)) {
		if (word.len && word.at[word.len - 1] == ',')
			word.len--;
		vec_push(list, keep(r, word));
	}
}

static void measure_read(struct reader *r, struct text value)
{
	struct subject *subject = r->subject;
	struct text word;

	if (!text_word(&value, &word) || !measure_find(word, &subject->measure))
		mistake(r, "'%.*s' is no measure: use count, sum, avg, min, max, histogram, events or stacks",
			TEXT_ARG(word));
	else if (text_word(&value, &word))
		subject->measure_role = keep(r, word);
}

static void subject_line(struct reader *r, struct text key, struct text value)
{
	struct subject *s = r->subject;

	if (text_is(key, "what"))
		s->what = keep(r, value);
	else if (text_is(key, "unit"))
		s->unit = keep(r, value);
	else if (text_is(key, "hint"))
		s->hint = s->hint ? arena_fmt(r->vocabulary->arena, "%s %.*s", s->hint, TEXT_ARG(value)) :
				    keep(r, value);
	else if (text_is(key, "measure"))
		measure_read(r, value);
	else if (text_is(key, "value"))
		s->value = keep(r, value);
	else if (text_is(key, "timed"))
		s->timed = keep(r, value);
	else if (text_is(key, "by") && text_is(value, "none"))
		s->by_none = true;
	else if (text_is(key, "by"))
		names_read(r, value, &s->by);
	else if (text_is(key, "also"))
		names_read(r, value, &s->also);
	else if (text_is(key, "show"))
		names_read(r, value, &s->show);
	else if (text_is(key, "ask"))
		vec_push(&s->asks, keep(r, value));
	else
		mistake(r, "'%.*s' is no keyword of a subject", TEXT_ARG(key));
}

/* "NAME = EXPR [type] at CALL if COND" */
static void way_role_read(struct reader *r, struct text value)
{
	struct way_role role = { .start = r->in_start };
	struct text name;
	size_t at;

	if (!text_next(&value, '=', &name) || text_trim(name).len == 0 || text_trim(value).len == 0) {
		mistake(r, "write: role NAME = EXPRESSION [type] if CONDITION");
		return;
	}
	role.name = keep(r, name);
	if (text_find(value, " if ", &at)) {
		role.cond = keep(r, text_from(value, at + 4));
		value = text_until(value, at);
	}
	if (text_find(value, " at ", &at)) {
		role.at = keep(r, text_trim(text_from(value, at + 4)));
		value = text_until(value, at);
	}
	value = text_trim(value);
	/* The last [word] is the type; expressions index arrays with numbers only. */
	if (text_ends(value, "]")) {
		for (at = value.len; at > 0 && value.at[at - 1] != '['; at--)
			;
		if (at > 0 && isalpha((unsigned char)value.at[at])) {
			role.type = keep(r, (struct text){ value.at + at, value.len - at - 1 });
			value = text_trim(text_until(value, at - 1));
			type_check(r, text_of(role.type));
		}
	}
	choice_check(r, value);
	role.expr = keep(r, value);
	vec_push(&LAST(r->subject->ways)->roles, role);
}

/* "start PROBE… id EXPR" and "end PROBE… id EXPR" */
static void span_read(struct reader *r, struct text value, bool start)
{
	struct way *way = LAST(r->subject->ways);
	struct text id = TEXT("");
	size_t at;

	if (way->kind != WAY_SPAN) {
		mistake(r, "'start' and 'end' belong to 'way span'");
		return;
	}
	if (text_find(value, " id ", &at)) {
		id = text_from(value, at + 4);
		value = text_until(value, at);
	} else {
		mistake(r, "a span's probe needs 'id EXPRESSION', what pairs start and end");
	}
	names_read(r, value, start ? &way->starts : &way->probes);
	vec_each(probe, start ? &way->starts : &way->probes)
		probe_check(r, WAY_SPAN, *probe);
	*(start ? &way->start_id : &way->end_id) = keep(r, id);
	r->in_start = start;
}

/* "until PROBE… id EXPR": of what a way obtains, where it is given back. */
static void until_read(struct reader *r, struct text value)
{
	struct way *way = LAST(r->subject->ways);
	size_t at;

	if (!text_find(value, " id ", &at) || way->untils.len) {
		mistake(r, "write once: until PROBE… id EXPRESSION");
		return;
	}
	way->until_id = keep(r, text_from(value, at + 4));
	names_read(r, text_until(value, at), &way->untils);
	vec_each(probe, &way->untils)
		probe_check(r, WAY_EVENT, *probe);
}

static void way_open(struct reader *r, struct text value)
{
	static const char *const kinds[] = { "event", "syscall", "call", "span", "sample" };
	struct way *way = vec_new(&r->subject->ways);
	struct text kind;

	way->place = r->place;
	r->in_way = true;
	r->in_start = false;
	text_word(&value, &kind);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (!text_is(kind, kinds[i]))
			continue;
		way->kind = (enum way_kind)i;
		if (way->kind == WAY_SAMPLE) {
			long long hz;

			way->context = CONTEXT_PROCESS;
			if (!text_number(text_trim(value), &hz) || hz < 1 || hz > 10000)
				mistake(r, "write: way sample HERTZ (1 to 10000)");
			else
				way->hz = (long)hz;
		} else {
			names_read(r, value, &way->probes);
			if (way->probes.len == 0 && way->kind != WAY_SPAN)
				mistake(r, "this way names no probe");
			vec_each(probe, &way->probes)
				probe_check(r, way->kind, *probe);
		}
		return;
	}
	mistake(r, "'%.*s' is no kind of way: use event, syscall, call, span or sample", TEXT_ARG(kind));
}

static void way_line(struct reader *r, struct text key, struct text value)
{
	struct way *way = LAST(r->subject->ways);

	if (text_is(key, "role")) {
		way_role_read(r, value);
	} else if (text_is(key, "where")) {
		*(r->in_start ? &way->start_where : &way->where) = keep(r, value);
	} else if (text_is(key, "start") || text_is(key, "end")) {
		span_read(r, value, text_is(key, "start"));
	} else if (text_is(key, "keep")) {
		way->keep_id = keep(r, value);
	} else if (text_is(key, "until")) {
		until_read(r, value);
	} else if (text_is(key, "context")) {
		if (text_is(value, "any"))
			way->context = CONTEXT_ANY;
		else if (text_is(value, "interrupted"))
			way->context = CONTEXT_INTERRUPTED;
		else
			mistake(r, "context is 'any' or 'interrupted'");
	} else if (text_is(key, "needs")) {
		struct text what, name;

		text_word(&value, &what);
		text_word(&value, &name);
		vec_push(&way->needs, (struct way_need){ keep(r, what), keep(r, name) });
		need_check(r, LAST(way->needs));
	} else if (text_is(key, "absent")) {
		way->absent = keep(r, value);
	} else if (text_is(key, "note")) {
		way->note = keep(r, value);
	} else {
		mistake(r, "'%.*s' is no keyword of a way", TEXT_ARG(key));
	}
}

void body_line(struct reader *r, struct text key, struct text value)
{
	if (text_is(key, "way"))
		way_open(r, value);
	/* The subject's own keywords may follow a way. */
	else if (!r->in_way || text_is(key, "ask") || text_is(key, "hint") || text_is(key, "show"))
		subject_line(r, key, value);
	else
		way_line(r, key, value);
}

/* What must hold across lines. */
static void body_check(struct reader *r)
{
	struct subject *subject = r->subject;

	r->place = subject->place;
	if (!subject->what)
		mistake(r, "the subject '%s' has no 'what'", subject->name);
	if (!subject->unit)
		subject->unit = "events";
	if (subject->ways.len == 0)
		mistake(r, "the subject '%s' has no way to be seen", subject->name);
	if (subject->say.len == 0)
		mistake(r, "the subject '%s' has no phrase", subject->name);
	vec_each(way, &subject->ways) {
		r->place = way->place;
		if (way->kind == WAY_SPAN && (way->starts.len == 0 || way->probes.len == 0))
			mistake(r, "this span of '%s' needs a start and an end", subject->name);
		if (!way->keep_id != !way->untils.len)
			mistake(r, "'keep' and 'until' of '%s' belong together", subject->name);
	}
}

static int body_read(const struct vocabulary *vocabulary, const struct subject *subject, struct build *mistakes,
		     struct error *err)
{
	/* The vocabulary is constant but for what was not read yet. */
	struct reader r = { .vocabulary = (struct vocabulary *)vocabulary, .subject = (struct subject *)subject,
			    .place = subject->place, .mistakes = mistakes, .err = err };
	struct text rest = subject->body, line, key;

	r.subject->opened = true;
	while (text_line(&rest, &line)) {
		r.place.line++;
		line = text_trim(line);
		if (line.len == 0 || line.at[0] == '#')
			continue;
		text_word(&line, &key);
		if (!text_is(key, "say"))
			body_line(&r, key, text_trim(line));
	}
	body_check(&r);
	return r.wrong ? -EINVAL : 0;
}

int vocabulary_open(const struct vocabulary *vocabulary, const struct subject *subject, struct error *err)
{
	return subject->opened ? 0 : body_read(vocabulary, subject, NULL, err);
}

int vocabulary_open_all(const struct vocabulary *vocabulary, struct build *mistakes, struct error *err)
{
	int code = 0;

	vec_each(subject, &vocabulary->subjects)
		if (!subject->opened && body_read(vocabulary, subject, mistakes, err) < 0)
			code = -EINVAL;
	return code;
}

bool vocabulary_open_sound(const struct vocabulary *vocabulary)
{
	bool sound = true;

	vec_each(subject, &vocabulary->subjects) {
		struct subject before = *subject;

		if (subject->opened || body_read(vocabulary, subject, NULL, NULL) == 0)
			continue;
		subject_close(subject);
		*subject = before;
		sound = false;
	}
	return sound;
}
