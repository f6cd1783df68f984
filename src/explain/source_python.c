/* The Python part of bcc programs: what it attaches where, and what it prints. */
#include <ctype.h>
#include <string.h>
#include "explain/source.h"

enum { PAIRS_MOST = 8, CALL_MOST = 4000 };

/* Blanks keep the lines of both parts where they are in the file. */
static void blank_add(struct build *out, char c)
{
	build_char(out, c == '\n' ? '\n' : ' ');
}

void python_split(struct text text, struct build *c, struct build *python)
{
	static const char *const marks[] = { "\"\"\"", "'''" };
	size_t mark = 2;

	/* C alone, or C that a shell feeds. */
	if (!text_has(text, "bcc") || (!text_has(text, "\"\"\"") && !text_has(text, "'''"))) {
		build_add(c, text);
		build_add(python, text);
		return;
	}
	for (size_t i = 0; i < text.len; i++) {
		struct text here = text_from(text, i);
		bool edge = false;

		for (size_t m = 0; m < 2; m++)
			if (text_starts(here, marks[m]) && (mark == 2 || mark == m)) {
				mark = mark == 2 ? m : 2;
				edge = true;
				break;
			}
		if (edge) {
			build_put(c, "   ");
			build_put(python, "   ");
			i += 2;
		} else if (mark == 2 && here.at[0] == '#') { /* a comment of Python */
			for (; i < text.len && text.at[i] != '\n'; i++) {
				build_char(c, ' ');
				build_char(python, ' ');
			}
			i--;
		} else if (mark < 2) {
			build_char(c, here.at[0]);
			blank_add(python, here.at[0]);
		} else {
			blank_add(c, here.at[0]);
			build_char(python, here.at[0]);
		}
	}
}

struct pair {
	struct text name, value;
};

/* Strings of Python have either quote. */
static struct text quoted_cut(struct text t, struct text *rest)
{
	size_t end;
	char quote[2] = { t.len ? t.at[0] : 0, 0 };

	if (!text_find(text_from(t, 1), quote, &end)) {
		*rest = TEXT("");
		return text_from(t, 1);
	}
	*rest = text_from(t, end + 2);
	return text_until(text_from(t, 1), end);
}

/* name=value of a call, up to its closing parenthesis; of a value the last string in it, or its words. */
static size_t pairs_read(struct text rest, struct pair *pairs)
{
	size_t count = 0, depth = 0;
	struct text word = TEXT("");

	while (rest.len) {
		char c = rest.at[0];

		if (c == '"' || c == '\'') {
			struct text value = quoted_cut(rest, &rest);

			if (count)
				pairs[count - 1].value = value;
			continue;
		}
		if (isalnum((unsigned char)c) || c == '_') {
			size_t len = 0;

			while (len < rest.len && (isalnum((unsigned char)rest.at[len]) || strchr("_.", rest.at[len])))
				len++;
			word = text_until(rest, len);
			rest = text_from(rest, len);
			if (count && !pairs[count - 1].value.len)
				pairs[count - 1].value = word;
			continue;
		}
		if (c == '(')
			depth++;
		if (c == ')' && (depth == 0 || --depth == 0))
			break;
		if (c == '=' && depth == 1 && count < PAIRS_MOST && word.len)
			pairs[count++] = (struct pair){ .name = word };
		rest = text_from(rest, 1);
	}
	return count;
}

static struct text pair_of(const struct pair *pairs, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (text_is(pairs[i].name, name))
			return pairs[i].value;
	return TEXT("");
}

/* Where the parenthesis that opens first is closed. */
static size_t call_end(struct text t)
{
	size_t depth = 0;

	for (size_t i = 0; i < t.len; i++) {
		depth += t.at[i] == '(';
		if (t.at[i] == ')' && (depth == 0 || --depth == 0))
			return i;
	}
	return t.len;
}

static void attach_read(struct source *s, struct text what, struct text rest, unsigned line)
{
	struct explanation *e = s->explanation;
	struct pair pairs[PAIRS_MOST] = { 0 };
	size_t count = pairs_read(rest, pairs);
	struct text function = pair_of(pairs, count, "fn_name"), event = pair_of(pairs, count, "event"), place = pair_of(pairs, count, "tp"), frequency;
	bool call = text_has(text_until(rest, call_end(rest)), "get_syscall_fnname");
	AUTO_BUILD probe = { 0 };

	if (!event.len)
		event = pair_of(pairs, count, "event_re");
	if (text_is(what, "kprobe") || text_is(what, "kretprobe")) {
		if (call)
			build_fmt(&probe, "tracepoint:syscalls:sys_%s_%.*s", text_is(what, "kprobe") ? "enter" : "exit", TEXT_ARG(event));
		else
			build_fmt(&probe, "%.*s:%.*s", TEXT_ARG(what), TEXT_ARG(event));
	} else if (text_is(what, "tracepoint")) {
		build_fmt(&probe, "tracepoint:%.*s", TEXT_ARG(place));
	} else if (text_is(what, "raw_tracepoint")) {
		build_fmt(&probe, "rawtracepoint:%.*s", TEXT_ARG(place));
	} else if (text_is(what, "uprobe") || text_is(what, "uretprobe")) {
		struct text name = pair_of(pairs, count, "name");
		const char *library = !text_has(name, "/") && !text_has(name, "lib") ? "lib" : "";

		build_fmt(&probe, "%.*s:%s%.*s:%.*s", TEXT_ARG(what), library, TEXT_ARG(name), TEXT_ARG(pair_of(pairs, count, "sym")));
	} else if (text_is(what, "perf_event")) {
		frequency = pair_of(pairs, count, "sample_freq");
		build_fmt(&probe, "profile:hz:%.*s", TEXT_ARG(frequency.len && isdigit((unsigned char)frequency.at[0]) ? frequency : TEXT("99")));
		if (!frequency.len || !isdigit((unsigned char)frequency.at[0]))
			risk_add(e, RISK_NOTE, line, "How often the clock or counter of line %u ticks is not in the text; 99 times a second is taken here.", line);
	} else {
		return;
	}
	function_attach(s, function, watch_add(e, kept_text(e, &probe), line));
	if (call)
		e->watches.at[e->watches.len - 1].unmeasured = NULL;
}

static void prints_read(struct explanation *e, struct text line, unsigned number, unsigned *plain)
{
	static const struct {
		const char *call, *says;
	} prints[] = {
		{ "print_log2_hist", "Prints a histogram whose steps double (line %u)." }, { "print_linear_hist", "Prints a histogram of equal steps (line %u)." },
		{ "open_perf_buffer", "Prints as events arrive from the kernel: a function is called for each (line %u)." },
		{ "open_ring_buffer", "Prints as events arrive from the kernel: a function is called for each (line %u)." },
		{ "trace_print", "Prints what its C part writes to the trace pipe (line %u)." }, { "trace_fields", "Prints what its C part writes to the trace pipe (line %u)." },
	};
	static const char *const acts[] = { "os.system(", "subprocess." };

	for (size_t i = 0; i < COUNT(prints); i++)
		if (text_has(line, prints[i].call)) {
			AUTO_BUILD words = { 0 };

			build_fmt(&words, prints[i].says, number);
			vec_push(&e->shows, kept_text(e, &words));
		}
	for (size_t i = 0; i < COUNT(acts); i++)
		if (text_has(line, acts[i]))
			risk_add(e, RISK_DANGER, number, "Its Python part runs other programs (%s…).", acts[i]);
	*plain += text_has(line, "print(");
}

void python_read(struct source *s, struct text text)
{
	struct explanation *e = s->explanation;
	struct text rest = text, line;
	unsigned number = 0, plain = 0;

	while (text_line(&rest, &line)) {
		size_t at;

		number++;
		prints_read(e, line, number, &plain);
		if (text_find(line, ".attach_", &at)) {
			struct text call = text_from(line, at + strlen(".attach_")), what;
			size_t open;

			if (text_find(call, "(", &open)) {
				what = text_until(call, open);
				/* Its arguments may go on in the next lines. */
				call.at += open;
				call.len = (size_t)(text.at + text.len - call.at);
				call = text_until(call, call.len < CALL_MOST ? call.len : CALL_MOST);
				if (e->watches.len < 500)
					attach_read(s, what, call, number);
			}
		} else if (text_find(line, "enable_probe(", &at) && e->watches.len < 500) {
			struct pair pairs[PAIRS_MOST] = { 0 };
			struct text call = text_from(line, at + strlen("enable_probe"));
			size_t count;
			AUTO_BUILD probe = { 0 };

			call.len = (size_t)(text.at + text.len - call.at);
			call = text_until(call, call.len < CALL_MOST ? call.len : CALL_MOST);
			count = pairs_read(call, pairs);
			build_fmt(&probe, "usdt:*:%.*s", TEXT_ARG(pair_of(pairs, count, "probe")));
			function_attach(s, pair_of(pairs, count, "fn_name"), watch_add(e, kept_text(e, &probe), number));
		}
	}
	if (plain && !e->shows.len)
		vec_push(&e->shows, "Its Python part prints what it reads from the maps.");
	vec_each(store, &e->stores)
		if (!store->shown)
			store->shown = text_has(text, store->name) ? "read by the Python part" : "for the C part alone";
}
