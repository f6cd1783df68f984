/* Redaction: secrets (and, by option, identity) become consistent placeholders that this machine alone can
 * put back. The sole maker of struct clean, the only text that may leave the machine. */
#pragma once
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

/* Text that redact_clean() has cleaned. Borrowed: it lives as long as the builder it was written to. */
struct clean {
	struct text text;
};
/* Words of this program itself, which hold nothing of anybody: CLEAN("You explain crashes."). */
#define CLEAN(literal) ((struct clean){ TEXT(literal) })

/* The redactor of one investigation: the rules, and the private map from values to placeholders. One
 * thread at a time. The same value has the same placeholder as long as it lives. */
struct redactor;
struct redact_options {
	bool identity;	   /* user and host names, home paths, e-mail, IP and MAC addresses too */
	bool portable;	   /* do without Vectorscan: the same result, slowly */
	const char *rules; /* folder of *.rules; NULL: data/redact */
};
struct redactor *redactor_new(const struct redact_options *options, struct error *err); /* NULL: failed */
void redactor_free(struct redactor *redactor);
static inline void drop_redactor(struct redactor **redactor)
{
	redactor_free(*redactor);
}
#define AUTO_REDACTOR AUTO(drop_redactor) struct redactor *
size_t redactor_rules(const struct redactor *redactor);	   /* how many kinds of secret it knows */
const char *redactor_engine(const struct redactor *redactor); /* "vectorscan 5.4.9" or "pcre2" */

/* Appends the cleaned text to `out` and gives a view of it. Fails closed: on any error (also when `out` is
 * full) nothing is left in `out` and `clean` is empty. Cleaning clean text changes nothing. Bytes of any
 * kind are taken; those that are no secret come out as they were. */
int redact_clean(struct redactor *redactor, struct text text, struct build *out, struct clean *clean,
		 struct error *err);
/* The same for a JSON value, as compact JSON: each string by itself (as it is read, not as it is escaped), a list of strings
 * also as the line that they make, and the whole as it is written. */
int redact_json(struct redactor *redactor, const json_t *value, struct build *out, struct clean *clean, struct error *err);
/* Puts originals back, for the person and for commands before they run. Unknown placeholders stay. The
 * result is no clean text. */
int redact_restore(const struct redactor *redactor, struct text text, struct build *out, struct error *err);
/* True when `text` has a placeholder of this redactor. */
bool redact_known(const struct redactor *redactor, struct text text);

/* Text of any length, in pieces: a secret may lie across their borders, and a private key over many lines.
 * Output lags behind by up to 64 KiB; redact_flush() gives out what whole lines there are. */
struct redact_stream;
typedef int redact_take(void *context, struct clean clean, struct error *err); /* < 0 ends the stream */
struct redact_stream *redact_stream_new(struct redactor *redactor, redact_take *take, void *context);
void redact_stream_free(struct redact_stream *stream);
static inline void drop_redact_stream(struct redact_stream **stream)
{
	redact_stream_free(*stream);
}
#define AUTO_REDACT_STREAM AUTO(drop_redact_stream) struct redact_stream *
int redact_push(struct redact_stream *stream, struct text piece, struct error *err);
/* The same without a copy: where *len bytes of the source may be put, and then how many were. */
char *redact_room(struct redact_stream *stream, size_t *len);
int redact_filled(struct redact_stream *stream, size_t len, struct error *err);
int redact_flush(struct redact_stream *stream, struct error *err); /* the source pauses */
int redact_end(struct redact_stream *stream, struct error *err);   /* the source has ended */

/* What was replaced, in the order of first sight. */
enum { REDACT_LINES = 8 };
struct redacted {
	const char *placeholder, *rule, *say; /* `say`: what it is, in words. Borrowed */
	size_t times;
	size_t lines[REDACT_LINES]; /* the first lines where it stood, from 1, over all that was cleaned */
	size_t line_count;
	struct text value;	    /* the original: for this machine's terminal alone, never for a log */
};
/* Counts `*next` up from 0; false at the end. */
bool redact_report(const struct redactor *redactor, size_t *next, struct redacted *entry);
size_t redact_total(const struct redactor *redactor); /* replacements, in all */

/* The private map, readable by its owner alone (0600, else refused). Load before anything is cleaned. */
int redact_save(const struct redactor *redactor, const char *path, struct error *err);
int redact_load(struct redactor *redactor, const char *path, struct error *err);

/* Runs every example of the rules and of their mistakes calls `wrong` (file, line, sentence). Gives how
 * many examples there were, or a negative error when the rules cannot be read. */
typedef void redact_wrong(void *context, const char *file, unsigned line, const char *sentence);
struct redact_tally {
	size_t rules, examples, wrong, least_true, least_false; /* least: of the rule with the fewest */
};
int redact_examples(const struct redact_options *options, redact_wrong *wrong, void *context,
		    struct redact_tally *tally, struct error *err);
