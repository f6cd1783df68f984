/* Words as they come. What may be a mark waits until its other half or the line's end is there. */
#include "report/flow.h"
#include <ctype.h>
#include "base/utf8.h"

#define HELD_MOST 2000 /* bytes that a mark may wait for its other half */
#define CODE_LEAD "    "

/* In words, which are safe text and thus have no such bytes of their own. */
enum look { BOLD_ON = 1, BOLD_OFF, CODE_ON, CODE_OFF };
static const char *const looks[] = { [BOLD_ON] = "\033[1m", [BOLD_OFF] = "\033[22m", [CODE_ON] = "\033[36m", [CODE_OFF] = "\033[39m" };

static void word_end(struct flow *flow, struct build *out)
{
	AUTO_BUILD plain = { 0 };
	size_t columns;

	for (size_t i = 0; i < flow->word.len; i++)
		if ((unsigned char)flow->word.at[i] > CODE_OFF)
			build_char(&plain, flow->word.at[i]);
	columns = utf8_columns(build_text(&plain));
	if (flow->width && !flow->fence && flow->column > flow->hang && flow->column + columns > flow->width) {
		build_fmt(out, "\n%*s", (int)flow->hang, "");
		flow->column = flow->hang;
	}
	for (size_t i = 0; i < flow->word.len; i++) {
		unsigned char c = (unsigned char)flow->word.at[i];

		if (c <= CODE_OFF)
			build_put(out, looks[c]);
		else
			build_char(out, (char)c);
	}
	flow->column += columns;
	build_clear(&flow->word);
}

static void wrap(struct flow *flow, struct text safe, struct build *out)
{
	while (safe.len) {
		uint32_t c;
		size_t len = utf8_next(safe, &c);

		/* Where there are no words, each character may end a line. */
		if (c == ' ' || c == '\n' || utf8_width(c) == 2)
			word_end(flow, out);
		if (c == '\n') {
			build_char(out, '\n');
			flow->column = flow->hang = 0;
		} else if (c == ' ' && flow->width && !flow->fence && flow->column + 1 >= flow->width) {
			build_fmt(out, "\n%*s", (int)flow->hang, "");
			flow->column = flow->hang;
		} else {
			build_add(&flow->word, text_until(safe, len));
			if (c == ' ' || utf8_width(c) == 2)
				word_end(flow, out);
		}
		safe = text_from(safe, len);
	}
}

static void look(struct flow *flow, enum look look)
{
	build_char(&flow->word, (char)look);
}

size_t mark_run(struct text t, char c)
{
	size_t len = 0;

	while (len < t.len && t.at[len] == c)
		len++;
	return len;
}

size_t mark_closing(struct text t, size_t from, char c, size_t len)
{
	while (from < t.len) {
		size_t run = mark_run(text_from(t, from), c);

		if (run == len && (c == '`' || !isspace((unsigned char)t.at[from - 1])))
			return from;
		from += run ? run : 1;
	}
	return t.len;
}

/* A part of a line; `whole`: nothing more of it comes. Gives how much of it was shown. */
static size_t marks_show(struct flow *flow, struct text t, bool whole, struct build *out)
{
	size_t at = 0;

	while (at < t.len) {
		struct text rest = text_from(t, at);
		size_t plain = 0, run, end;
		bool opens;

		while (plain < rest.len && rest.at[plain] != '`' && rest.at[plain] != '*')
			plain++;
		wrap(flow, text_until(rest, plain), out);
		at += plain;
		rest = text_from(t, at);
		if (!rest.len)
			break;
		run = mark_run(rest, rest.at[0]);
		if (run == rest.len && !whole)
			return at;
		opens = rest.at[0] == '`' || (run == 2 && run < rest.len && !isspace((unsigned char)rest.at[run]));
		end = opens ? mark_closing(rest, run, rest.at[0], run) : rest.len;
		/* A run at the end may become a longer one. */
		if (opens && !whole && end + run >= rest.len)
			return at;
		if (end == rest.len) {
			wrap(flow, text_until(rest, run), out);
			at += run;
			continue;
		}
		if (rest.at[0] == '`') {
			look(flow, CODE_ON);
			wrap(flow, text_trim((struct text){ rest.at + run, end - run }), out);
			look(flow, CODE_OFF);
		} else {
			if (!flow->heading)
				look(flow, BOLD_ON);
			marks_show(flow, (struct text){ rest.at + run, end - run }, true, out);
			if (!flow->heading)
				look(flow, BOLD_OFF);
		}
		at += end + run;
	}
	return at;
}

static void held_drop(struct flow *flow, size_t len)
{
	memmove(flow->held.at, flow->held.at + len, flow->held.len - len);
	build_cut(&flow->held, flow->held.len - len);
}

/* What stands at a line's start is shown as it is, and wrapped lines hang below what follows it. */
static void hang(struct flow *flow, size_t blanks, struct text mark, size_t drop, struct build *out)
{
	wrap(flow, text_until(build_text(&flow->held), blanks), out);
	wrap(flow, mark, out);
	word_end(flow, out);
	flow->hang = flow->width && flow->column > flow->width / 2 ? 0 : flow->column;
	held_drop(flow, drop);
}

/* The line of a fence is not shown. False: it is none. `*wait`: that is not known yet. */
static bool fence_take(struct flow *flow, struct text rest, size_t blanks, bool final, bool *wait)
{
	size_t run = mark_run(rest, rest.at[0]), end;
	bool line = text_find(rest, "\n", &end);
	struct text behind = text_from(text_until(rest, line ? end : rest.len), run);

	*wait = !line && !final && (run == rest.len || run >= 3);
	if (*wait || run < 3)
		return false;
	if (flow->fence ? rest.at[0] != flow->fence || run < flow->fence_len || text_trim(behind).len : text_has(behind, "`"))
		return false;
	flow->fence = flow->fence ? '\0' : rest.at[0];
	flow->fence_len = run;
	held_drop(flow, blanks + (line ? end + 1 : rest.len));
	return true;
}

/* False: what has come does not tell yet what line it is. */
static bool line_begin(struct flow *flow, bool final, struct build *out)
{
	struct text t = build_text(&flow->held), rest;
	size_t blanks = 0, run;
	bool wait = false;

	while (blanks < t.len && t.at[blanks] == ' ')
		blanks++;
	rest = text_from(t, blanks);
	if (!rest.len && !final)
		return false;
	if (rest.len && strchr("`~", rest.at[0]) && fence_take(flow, rest, blanks, final, &wait))
		return true;
	if (wait)
		return false;
	if (flow->fence) {
		if (rest.len && rest.at[0] != '\n')
			wrap(flow, TEXT(CODE_LEAD), out);
		return flow->begun = true;
	}
	run = rest.len ? mark_run(rest, rest.at[0]) : 0;
	if (rest.len && rest.at[0] == '#') {
		if (run == rest.len && !final)
			return false;
		if (run <= 6 && run < rest.len && rest.at[run] == ' ') {
			held_drop(flow, blanks + run + 1);
			look(flow, BOLD_ON);
			flow->heading = true;
		}
	} else if (rest.len && strchr("-*+", rest.at[0])) {
		if (rest.len < 2 && !final)
			return false;
		if (rest.len > 1 && rest.at[1] == ' ')
			hang(flow, blanks, TEXT("- "), blanks + 2, out);
	} else if (rest.len && isdigit((unsigned char)rest.at[0])) {
		for (run = 0; run < rest.len && run < 4 && isdigit((unsigned char)rest.at[run]);)
			run++;
		if (run < 4 && rest.len < run + 2 && !final)
			return false;
		if (run < 4 && rest.len > run + 1 && strchr(".)", rest.at[run]) && rest.at[run + 1] == ' ')
			hang(flow, blanks, text_until(rest, run + 2), blanks + run + 2, out);
	}
	return flow->begun = true;
}

static void line_end(struct flow *flow, struct build *out)
{
	if (flow->heading)
		look(flow, BOLD_OFF);
	word_end(flow, out);
	flow->begun = flow->heading = false;
}

static void settle(struct flow *flow, bool final, struct build *out)
{
	while (flow->held.len) {
		struct text part = build_text(&flow->held);
		size_t end, shown;
		bool line;

		if (!flow->begun) {
			if (!line_begin(flow, final, out))
				return;
			continue;
		}
		line = text_find(part, "\n", &end);
		part = text_until(part, line ? end : part.len);
		if (flow->fence)
			wrap(flow, part, out), shown = part.len;
		else
			shown = marks_show(flow, part, line || final || part.len > HELD_MOST, out);
		if (line) {
			line_end(flow, out);
			wrap(flow, TEXT("\n"), out);
			shown++;
		}
		held_drop(flow, shown);
		if (!line)
			return;
	}
}

void flow_add(struct flow *flow, struct text foreign, struct build *out)
{
	AUTO_BUILD safe = { 0 };

	build_safe(&safe, foreign, true);
	if (!flow->marks) {
		wrap(flow, build_text(&safe), out);
		return;
	}
	build_add(&flow->held, build_text(&safe));
	settle(flow, false, out);
}

void flow_end(struct flow *flow, struct build *out)
{
	if (flow->marks)
		settle(flow, true, out);
	line_end(flow, out);
	if (flow->column)
		build_char(out, '\n');
	build_clear(&flow->held);
	flow->column = flow->hang = 0;
	flow->fence = '\0';
}

void flow_done(struct flow *flow)
{
	build_done(&flow->held);
	build_done(&flow->word);
}
