/* Lines that a program printed by itself: which shapes they have, and which values stand in them. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "base/utf8.h"
#include "explain/output.h"

enum { WORDS_MOST = 24, SHAPES_TOLD = 8, SHAPES_SHOWN = 40, SHAPES_READABLE = 12, VALUES_TOLD = 5, KINDS_MOST = 8, QUOTED_COLUMNS = 120 };

/* The words of a line; what stands between them is its shape. */
struct line_words {
	struct {
		struct text at;
		bool number, fixed, quoted; /* fixed: a call's or a key's name, which belongs to the shape */
	} each[WORDS_MOST];
	size_t count;
	uint64_t shape;
};

struct line {
	uint64_t shape;
	size_t at; /* which of the others */
};

struct shape {
	size_t first, count; /* of the sorted lines */
	bool varies[WORDS_MOST];
	bool anchored; /* something in it is the same in all lines and says what they are */
	bool named;    /* by a call or a key */
};

struct lines {
	const struct output *output;
	struct line *at;
	size_t most; /* words that are told apart; the last takes the rest */
	VEC(struct shape) shapes;
};

static void mix(uint64_t *hash, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		*hash = (*hash ^ (unsigned char)bytes[i]) * 0x100000001b3;
}

/* Numbers, times, addresses and ids: they begin with a digit, or are hexadecimal. */
static bool numeric(struct text word)
{
	size_t sign = word.len > 1 && strchr("+-", word.at[0]) ? 1 : 0, digits = 0;

	if (word.len > sign && isdigit((unsigned char)word.at[sign]))
		return true;
	for (size_t i = 0; i < word.len; i++) {
		if (!isxdigit((unsigned char)word.at[i]))
			return false;
		digits += isdigit((unsigned char)word.at[i]) != 0;
	}
	return word.len >= 8 && digits > 1;
}

static size_t word_end(struct text line, size_t at)
{
	size_t end = at;

	if (line.at[at] == '"') {
		for (end++; end < line.len && line.at[end] != '"'; end++)
			end += line.at[end] == '\\' && end + 1 < line.len;
		return end < line.len ? end + 1 : line.len;
	}
	while (end < line.len && !isspace((unsigned char)line.at[end]) && !strchr("=,()[]{}<>|;\"", line.at[end]))
		end++;
	/* "name: value": the colon is of the shape; in "12:30:01" it is not. */
	while (end > at + 1 && line.at[end - 1] == ':')
		end--;
	return end;
}

static void words_read(struct text line, size_t most, struct line_words *words)
{
	size_t at = 0;

	words->count = 0;
	words->shape = 0xcbf29ce484222325;
	while (at < line.len) {
		size_t end;
		bool last = words->count + 1 == most;

		if (isspace((unsigned char)line.at[at])) {
			while (at < line.len && isspace((unsigned char)line.at[at]))
				at++;
			mix(&words->shape, " ", 1);
			continue;
		}
		if (strchr("=,()[]{}<>|;:", line.at[at])) {
			mix(&words->shape, line.at + at++, 1);
			continue;
		}
		end = last ? line.len : word_end(line, at);
		words->each[words->count].at = text_trim((struct text){ line.at + at, end - at });
		words->each[words->count].quoted = line.at[at] == '"';
		words->each[words->count].number = !last && numeric(words->each[words->count].at);
		words->each[words->count].fixed = !last && end < line.len && strchr("=(", line.at[end]) && !words->each[words->count].number;
		if (words->each[words->count].fixed)
			mix(&words->shape, line.at + at, end - at);
		mix(&words->shape, words->each[words->count].number ? "\1" : words->each[words->count].quoted ? "\2" : "\3", 1);
		words->count++;
		at = end;
		if (last)
			break;
	}
}

static void words_of(const struct lines *lines, size_t sorted, struct line_words *words)
{
	words_read(text_trim(lines->output->others.at[lines->at[sorted].at]), lines->most, words);
}

static int line_order(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	return x->shape != y->shape ? (x->shape > y->shape) - (x->shape < y->shape) : (x->at > y->at) - (x->at < y->at);
}

static int shape_order(const void *a, const void *b)
{
	const struct shape *x = a, *y = b;

	return x->count != y->count ? (x->count < y->count) - (x->count > y->count) : (x->first > y->first) - (x->first < y->first);
}

static void shape_judge(const struct lines *lines, struct shape *shape)
{
	struct line_words first, words;

	words_of(lines, shape->first, &first);
	memset(shape->varies, 0, sizeof(shape->varies));
	for (size_t i = 1; i < shape->count; i++) {
		words_of(lines, shape->first + i, &words);
		for (size_t k = 0; k < first.count && k < words.count; k++)
			shape->varies[k] |= !text_same(first.each[k].at, words.each[k].at);
	}
	shape->anchored = shape->named = false;
	for (size_t k = 0; k < first.count; k++) {
		shape->anchored |= !first.each[k].number && !first.each[k].quoted && (!shape->varies[k] || first.each[k].fixed);
		shape->named |= first.each[k].fixed;
	}
}

/* The word with the fewest values, which tells kinds of lines apart that are built alike; WORDS_MOST: none has few. */
static size_t telling_word(const struct lines *lines, const struct shape *shape)
{
	struct text values[WORDS_MOST][KINDS_MOST];
	size_t counts[WORDS_MOST] = { 0 }, best = WORDS_MOST;
	struct line_words words = { 0 };

	for (size_t i = 0; i < shape->count; i++) {
		words_of(lines, shape->first + i, &words);
		for (size_t k = 0; k < words.count; k++) {
			size_t v = 0;

			while (v < counts[k] && v < KINDS_MOST && !text_same(values[k][v], words.each[k].at))
				v++;
			if (v == counts[k] && v < KINDS_MOST)
				values[k][v] = words.each[k].at;
			counts[k] += v == counts[k];
		}
	}
	for (size_t k = 0; k < words.count; k++)
		if (!words.each[k].number && !words.each[k].quoted && counts[k] > 1 && counts[k] <= KINDS_MOST && counts[k] * 2 <= shape->count &&
		    (best == WORDS_MOST || counts[k] < counts[best]))
			best = k;
	return best;
}

static void shapes_gather(struct lines *lines, size_t count)
{
	qsort(lines->at, count, sizeof(*lines->at), line_order);
	lines->shapes.len = 0;
	for (size_t i = 0; i < count; i++)
		if (i && lines->at[i].shape == lines->at[i - 1].shape)
			lines->shapes.at[lines->shapes.len - 1].count++;
		else
			vec_push(&lines->shapes, (struct shape){ .first = i, .count = 1 });
	vec_each(shape, &lines->shapes)
		shape_judge(lines, shape);
}

static void shapes_find(struct lines *lines, size_t most)
{
	size_t count = lines->output->others.len;
	struct line_words words;
	bool split = false;

	lines->most = most;
	for (size_t i = 0; i < count; i++) {
		words_read(text_trim(lines->output->others.at[i]), most, &words);
		lines->at[i] = (struct line){ words.shape, i };
	}
	shapes_gather(lines, count);
	vec_each(shape, &lines->shapes) {
		size_t word = shape->anchored ? WORDS_MOST : telling_word(lines, shape);

		for (size_t i = shape->first; word < WORDS_MOST && i < shape->first + shape->count; i++) {
			words_of(lines, i, &words);
			mix(&lines->at[i].shape, words.each[word].at.at, words.each[word].at.len);
			split = true;
		}
	}
	if (split)
		shapes_gather(lines, count);
	if (lines->shapes.len)
		qsort(lines->shapes.at, lines->shapes.len, sizeof(*lines->shapes.at), shape_order);
}

/* ---- telling ---- */

/* The line itself, what varies in it as <1>, <2> …. */
static void shape_write(const struct lines *lines, const struct shape *shape, struct build *out)
{
	struct text line = text_trim(lines->output->others.at[lines->at[shape->first].at]);
	const char *after = line.at;
	struct line_words words;
	unsigned number = 0;

	words_of(lines, shape->first, &words);
	for (size_t k = 0; k < words.count; k++) {
		build_add(out, (struct text){ after, (size_t)(words.each[k].at.at - after) });
		if (shape->varies[k])
			build_fmt(out, "<%u>", ++number);
		else
			build_add(out, words.each[k].at);
		after = words.each[k].at.at + words.each[k].at.len;
	}
	build_add(out, (struct text){ after, (size_t)(line.at + line.len - after) });
}

static void values_write(const struct lines *lines, const struct shape *shape, struct text *values, struct build *out)
{
	struct line_words words;
	unsigned number = 0;

	for (size_t k = 0; k < WORDS_MOST && number < VALUES_TOLD; k++) {
		if (!shape->varies[k])
			continue;
		for (size_t i = 0; i < shape->count; i++) {
			words_of(lines, shape->first + i, &words);
			values[i] = utf8_fit(words.each[k].at, QUOTED_COLUMNS);
		}
		build_fmt(out, " <%u>: ", ++number);
		values_say(values, shape->count, out);
		build_char(out, '.');
	}
}

static struct text quoted(const struct lines *lines, size_t sorted)
{
	return utf8_fit(text_trim(lines->output->others.at[lines->at[sorted].at]), QUOTED_COLUMNS);
}

static void shape_say(struct output *output, const struct lines *lines, const struct shape *shape, struct text *values)
{
	AUTO_BUILD like = { .ceiling = 1000 }, words = { 0 };
	struct text first = quoted(lines, shape->first), last = quoted(lines, shape->first + shape->count - 1);

	if (shape->count == 1) {
		output_shows(output, "One line is '%.*s'.", TEXT_ARG(first));
		return;
	}
	shape_write(lines, shape, &like);
	build_fmt(&words, "%zu lines (%.0f %%) are %s'%.*s'.", shape->count, 100.0 * (double)shape->count / (double)output->others.len,
		  text_has(build_text(&like), "<1>") ? "like " : "", TEXT_ARG(build_text(&like)));
	values_write(lines, shape, values, &words);
	if (!text_same(first, last))
		build_fmt(&words, " The first of them: '%.*s'; the last: '%.*s'.", TEXT_ARG(first), TEXT_ARG(last));
	output_shows(output, "%s", words.at);
}

static void shapes_table(struct output *output, const struct lines *lines)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < lines->shapes.len && i < SHAPES_SHOWN; i++) {
		AUTO_BUILD like = { .ceiling = 1000 };

		shape_write(lines, &lines->shapes.at[i], &like);
		json_array_append_new(rows, json_pack("[o, I]", json_text(build_text(&like)), (json_int_t)lines->shapes.at[i].count));
	}
	evidence_add(&output->explanation->evidence, EVIDENCE_TABLE, "the shapes of its lines",
		     json_pack("{s:[{s:s, s:b}, {s:s, s:s, s:b, s:f}], s:o, s:I}", "columns", "name", "shape", "key", 1, "name", "lines", "unit", "", "share", 1,
			       "total", (double)output->others.len, "rows", rows, "total_rows", (json_int_t)lines->shapes.len));
}

/* Lines that are built alike again and again, with words of their own: prose and lists of names are not. */
static bool regular(const struct lines *lines)
{
	size_t again = 0;

	/* Told apart by their beginnings alone, sentences are alike too: calls and keys are not. */
	vec_each(shape, &lines->shapes)
		if (shape->count >= 3 && (lines->most == WORDS_MOST ? shape->anchored : shape->named))
			again += shape->count;
	return lines->output->others.len >= 5 && again * 10 >= lines->output->others.len * 8;
}

bool lines_explain(struct output *output, bool fits)
{
	static const size_t coarser[] = { WORDS_MOST, 8, 4, 3 };
	struct lines lines = { .output = output, .at = calloc(output->others.len + 1, sizeof(struct line)) };
	AUTO_FREE struct text *values = calloc(output->others.len + 1, sizeof(*values));
	AUTO_FREE struct line *owned = lines.at;
	size_t told = 0, count = 0;

	if (!lines.at || !values)
		abort();
	for (size_t i = 0; i < COUNT(coarser) && (i == 0 || !fits || lines.shapes.len > SHAPES_READABLE); i++) {
		shapes_find(&lines, coarser[i]);
		fits |= (i == 0 || i + 1 == COUNT(coarser)) && regular(&lines);
	}
	if (fits) {
		output_shows(output, "It has %zu %s%s.", output->others.len, output->others.len == 1 ? "line" : "lines",
			     output->read ? " beside that" : "");
		for (; count < lines.shapes.len && count < SHAPES_TOLD; count++) {
			shape_say(output, &lines, &lines.shapes.at[count], values);
			told += lines.shapes.at[count].count;
		}
		if (told < output->others.len)
			output_shows(output, "%zu more lines are of %zu other shapes.", output->others.len - told, lines.shapes.len - count);
		shapes_table(output, &lines);
		output->read++;
	}
	vec_done(&lines.shapes);
	return fits;
}
