/* Finding where secrets may be: one pass of Vectorscan, or one of PCRE2 for each find. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "redact/finder.h"
#include <pcre2.h>
#include "redact/vector.h"
#include "redact/words.h"

struct finder {
	size_t count;
	struct words *words; /* when they are few and plain, and nothing else then */
	const struct vector *vector; /* NULL: PCRE2 */
	hs_database_t *database;
	hs_scratch_t *scratch;
	pcre2_code **codes;	     /* one a find */
	pcre2_match_data *match;
	char engine[40];
	char *tail; /* a copy of the end of the text, and what follows it */
};

/* Vectorscan 5.4.9 misses some of what ends in the last 32 bytes that it is given, on some processors. So it is given more:
 * the end is looked at once more as a copy with line ends behind it, and only what is found there counts for it. */
enum { TAIL = 16 << 10, SURE = 8 << 10, PADDING = 256 };

void finder_free(struct finder *finder)
{
	if (!finder)
		return;
	if (finder->vector) {
		finder->vector->free_scratch(finder->scratch);
		finder->vector->free_database(finder->database);
	}
	for (size_t i = 0; finder->codes && i < finder->count; i++)
		pcre2_code_free(finder->codes[i]);
	words_free(finder->words);
	free(finder->codes);
	free(finder->tail);
	pcre2_match_data_free(finder->match);
	free(finder);
}

static inline void drop_finder(struct finder **finder)
{
	finder_free(*finder);
}

const char *finder_engine(const struct finder *finder)
{
	return finder->engine;
}

/* ---- Vectorscan ---- */

static int vector_compile(struct finder *finder, const struct find *finds, struct error *err)
{
	AUTO_FREE const char **regexes = calloc(finder->count, sizeof(*regexes));
	AUTO_FREE unsigned *flags = calloc(finder->count, sizeof(*flags)), *ids = calloc(finder->count, sizeof(*ids));
	hs_compile_error_t *wrong = NULL;
	int code = 0;

	if (!regexes || !flags || !ids)
		abort();
	for (size_t i = 0; i < finder->count; i++) {
		regexes[i] = finds[i].regex;
		flags[i] = HS_FLAG_DOTALL | HS_FLAG_MULTILINE | (finds[i].fold ? HS_FLAG_CASELESS : 0);
		ids[i] = (unsigned)i;
	}
	if (finder->vector->compile_multi(regexes, flags, ids, (unsigned)finder->count, HS_MODE_BLOCK,
					  finder->vector->avx2 ? &finder->vector->platform : NULL,
					  &finder->database, &wrong) != HS_SUCCESS)
		code = fail(err, -EINVAL, "the find '%s' cannot be compiled: %s",
			    wrong && wrong->expression >= 0 ? finds[wrong->expression].regex : "?",
			    wrong ? wrong->message : "out of memory");
	finder->vector->free_compile_error(wrong);
	return code;
}

static uint64_t finds_key(const struct finder *finder, const struct find *finds)
{
	const char *version = finder->vector->version();
	uint64_t key = cache_hash(CACHE_SEED ^ finder->vector->avx2, version, strlen(version));

	for (size_t i = 0; i < finder->count; i++) {
		key = cache_hash(key, finds[i].regex, strlen(finds[i].regex) + 1);
		key = cache_hash(key, &finds[i].fold, sizeof(finds[i].fold));
	}
	return key;
}

/* Serialized databases name the processor features that they need: one of another machine is refused. */
static int vector_open(struct finder *finder, const struct find *finds, bool cached, struct error *err)
{
	uint64_t key = cached ? finds_key(finder, finds) : 0;
	AUTO_BUILD kept = { 0 };
	AUTO_FREE char *serial = NULL;
	size_t len;

	if (!cached || cache_read(key, &kept) < 0 ||
	    finder->vector->deserialize_database(kept.at, kept.len, &finder->database) != HS_SUCCESS) {
		finder->database = NULL;
		if (vector_compile(finder, finds, err) < 0)
			return -EINVAL;
		if (cached && finder->vector->serialize_database(finder->database, &serial, &len) == HS_SUCCESS)
			cache_write(key, (struct text){ serial, len });
	}
	if (finder->vector->alloc_scratch(finder->database, &finder->scratch) != HS_SUCCESS)
		return fail(err, -ENOMEM, "cannot redact: no memory for Vectorscan");
	return 0;
}

struct scanning {
	finder_hit *hit;
	void *context;
	int code;
	size_t start, after, until; /* where what is scanned begins; only finds that end behind `after` count */
};

static int vector_hit(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
	struct scanning *scanning = context;

	size_t end = scanning->start + (size_t)to;

	(void)from;
	(void)flags;
	if (end > scanning->after && end <= scanning->until)
		scanning->code = scanning->hit(scanning->context, id, end);
	return scanning->code < 0;
}

static int vector_part(struct finder *finder, const char *at, size_t len, struct scanning *scanning, struct error *err)
{
	hs_error_t code = finder->vector->scan(finder->database, at, (unsigned)len, 0, finder->scratch, vector_hit, scanning);

	if (scanning->code < 0)
		return scanning->code;
	return code == HS_SUCCESS ? 0 : fail(err, -EIO, "cannot redact: Vectorscan failed with %d", code);
}

static int vector_scan(struct finder *finder, struct text text, finder_hit *hit, void *context, struct error *err)
{
	size_t copied = text.len < TAIL ? text.len : TAIL, sure = text.len > copied ? text.len - SURE : 0;
	struct scanning scanning = { hit, context, 0, 0, 0, sure };
	int code = sure ? vector_part(finder, text.at, text.len, &scanning, err) : 0;

	if (code < 0)
		return code;
	if (!finder->tail)
		finder->tail = malloc(TAIL + PADDING);
	if (!finder->tail)
		return fail(err, -ENOMEM, "cannot redact: no memory");
	memcpy(finder->tail, text.at + text.len - copied, copied);
	memset(finder->tail + copied, '\n', PADDING);
	scanning = (struct scanning){ hit, context, 0, text.len - copied, sure, text.len };
	return vector_part(finder, finder->tail, copied + PADDING, &scanning, err);
}

/* ---- PCRE2 ---- */

static int portable_open(struct finder *finder, const struct find *finds, struct error *err)
{
	finder->codes = calloc(finder->count + 1, sizeof(*finder->codes));
	finder->match = pcre2_match_data_create(1, NULL);
	if (!finder->codes || !finder->match)
		abort();
	for (size_t i = 0; i < finder->count; i++) {
		unsigned options = PCRE2_DOTALL | PCRE2_MULTILINE | PCRE2_NEVER_UTF | (finds[i].fold ? PCRE2_CASELESS : 0);
		size_t where;
		int number;

		finder->codes[i] = pcre2_compile((PCRE2_SPTR)finds[i].regex, PCRE2_ZERO_TERMINATED, options, &number, &where,
						 NULL);
		if (!finder->codes[i])
			return fail(err, -EINVAL, "the find '%s' cannot be compiled (at character %zu)", finds[i].regex, where);
		pcre2_jit_compile(finder->codes[i], PCRE2_JIT_COMPLETE);
	}
	return 0;
}

static int portable_scan(struct finder *finder, struct text text, finder_hit *hit, void *context, struct error *err)
{
	for (size_t i = 0; i < finder->count; i++) {
		size_t at = 0;
		int got;

		while ((got = pcre2_match(finder->codes[i], (PCRE2_SPTR)text.at, text.len, at, PCRE2_NOTEMPTY, finder->match,
					  NULL)) >= 0) {
			const size_t *place = pcre2_get_ovector_pointer(finder->match);
			int code = hit(context, (unsigned)i, place[1]);

			if (code < 0)
				return code;
			at = place[0] + 1;
		}
		if (got != PCRE2_ERROR_NOMATCH)
			return fail(err, -EIO, "cannot redact: PCRE2 failed with %d", got);
	}
	return 0;
}

/* ---- either ---- */

struct finder *finder_new(const struct find *finds, size_t count, bool cached, bool portable, struct error *err)
{
	AUTO(drop_finder) struct finder *finder = calloc(1, sizeof(*finder));

	if (!finder)
		abort();
	finder->count = count;
	finder->words = portable || cached ? NULL : words_new(finds, count);
	if (finder->words)
		return TAKE(finder);
	finder->vector = portable || count == 0 ? NULL : vector_load();
	if (finder->vector) {
		snprintf(finder->engine, sizeof(finder->engine), "vectorscan %.*s",
			 (int)strcspn(finder->vector->version(), " "), finder->vector->version());
		if (vector_open(finder, finds, cached, err) < 0)
			return NULL;
	} else {
		snprintf(finder->engine, sizeof(finder->engine), "pcre2");
		if (portable_open(finder, finds, err) < 0)
			return NULL;
	}
	return TAKE(finder);
}

int finder_scan(struct finder *finder, struct text text, finder_hit *hit, void *context, struct error *err)
{
	if (finder->count == 0 || text.len == 0)
		return 0;
	if (finder->words)
		return words_scan(finder->words, text, hit, context);
	if (!finder->vector)
		return portable_scan(finder, text, hit, context, err);
	if (text.len > UINT32_MAX - PADDING)
		return fail(err, -EFBIG, "cannot redact more than 4 GiB at once");
	return vector_scan(finder, text, hit, context, err);
}

struct trial {
	unsigned which;
	size_t end;
	bool found;
};

static int trial_hit(void *context, unsigned which, size_t end)
{
	struct trial *trial = context;

	trial->found |= trial->which == which && trial->end == end;
	return 0;
}

bool finder_trusted(struct finder *finder, unsigned which, struct text sample)
{
	char *room = malloc(1024);
	bool trusted = room;

	/* What was missed stood at most places that are not the beginning of a vector. */
	for (size_t shift = 0; trusted && shift < 64; shift++) {
		size_t at = 70 + shift * 7 % 300;
		struct trial trial = { which, at + sample.len, false };

		memset(room, ' ', 1024);
		memcpy(room + shift + at, sample.at, sample.len);
		trusted = finder_scan(finder, (struct text){ room + shift, 500 }, trial_hit, &trial, NULL) == 0 && trial.found;
	}
	free(room);
	return trusted;
}
