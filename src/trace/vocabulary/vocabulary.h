/* The vocabulary: which words name which probes, measures, keys and filters (docs/vocabulary.md). */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"
#include "base/words.h"
#include "trace/words/english.h"
#include "trace/words/grammar.h"

struct place { /* where a definition stands, for messages */
	const char *file; /* within the vocabulary's folder */
	unsigned line;
};

/* A way of saying something: words in base form; of Chinese (which may hold English words too) each
 * character is one. */
struct phrase {
	const char **words; /* base forms, canonical (after `same`) */
	uint64_t marks;	    /* of all its words (question.h): most phrases are told by these to be absent */
	unsigned count;
	bool han;
	unsigned char first; /* the mark of its first word */
	unsigned char later; /* "entry -> exit": the word from which on it stands behind the others; 0: any order */
};
typedef VEC(struct phrase) phrase_list; /* VEC has no tag, so these two need a name */
typedef VEC(const char *) name_list;
/* Whether a role is a name that groups, or a number that is measured. */
enum role_kind { ROLE_NAME, ROLE_NUMBER };
struct role {
	const char *name, *noun, *plural; /* "process", "process", "processes" */
	enum role_kind kind;
	const char *type, *unit;
	const char *from; /* the expression for it in any process context, or NULL */
	bool btf;	  /* `from` needs BTF */
	phrase_list say;
	uint64_t firsts; /* marks of how its phrases begin */
	struct place place;
};

/* A word class of measures.vocab: measure, filter, key, time and rank words, by name. */
struct sense {
	const char *class, *name; /* "measure" "histogram"; "compare" "greater" */
	const char *value;	  /* e.g. the role that the word implies, or NULL */
	bool written;		  /* its words are compared as they are written: "did" is no "do" */
	phrase_list say;
	uint64_t firsts; /* marks of how its phrases begin */
	unsigned run; /* how many of its class stand from here on: those of a class stand together */
	struct place place;
};

struct way_role {
	const char *name, *expr, *type, *cond; /* type and cond may be NULL */
	const char *at; /* of several calls the one that it is told of, or NULL: all */
	bool start;			       /* of a span's start */
};
enum way_kind { WAY_EVENT, WAY_SYSCALL, WAY_CALL, WAY_SPAN, WAY_SAMPLE, WAY_UNION };
enum way_context { CONTEXT_PROCESS, CONTEXT_INTERRUPTED, CONTEXT_ANY };
struct way_need {
	const char *what, *name; /* "mount" "xfs" */
};
struct way {
	enum way_kind kind;
	enum way_context context;
	name_list probes;  /* probes, system calls or OBJECT:FUNCTION; of a span its end */
	name_list starts;  /* of a span */
	name_list untils;  /* where that which its occurrences obtain is given back; mostly none */
	const char *start_id, *end_id, *where, *start_where, *absent, *note;
	const char *keep_id, *until_id; /* what tells one thing obtained from another, there and where it is given back */
	long hz;
	VEC(struct way_role) roles;
	VEC(struct way_need) needs;
	VEC(struct way) parts; /* of a union ("opens and closes"): one way of each subject */
	const char *label;     /* of such a part: what one of its occurrences is called; else NULL */
	struct place place;
};

enum measure { MEASURE_COUNT, MEASURE_SUM, MEASURE_AVG, MEASURE_MIN, MEASURE_MAX, MEASURE_HISTOGRAM,
	       MEASURE_EVENTS, MEASURE_STACKS };
const char *measure_name(enum measure measure); /* "histogram" */
bool measure_find(struct text name, enum measure *measure);

/* Name, phrases and place are always there; the rest after vocabulary_open(). */
struct subject {
	const char *name, *what, *unit, *hint;
	enum measure measure;
	const char *measure_role, *value; /* may be NULL */
	const char *timed; /* what its latency is called: "duration"; "itself": it is a time; NULL: a latency */
	name_list by, also, show, asks; /* `also`: keys that go with any that are asked for */
	bool by_none;
	phrase_list say;
	VEC(struct way) ways;
	struct place place;
	struct text body; /* its lines, until they are read */
	bool opened;
};

/* What the vocabulary knows of one word. */
struct lexeme {
	const char *word; /* base form */
	const char *same; /* the canonical word it stands for, or NULL */
	bool ignore;	  /* carries no meaning of its own: "the", "please" */
	unsigned subjects; /* how many subjects' phrases hold it */
	unsigned last_subject; /* while reading: which of them was counted last */
};

struct vocabulary {
	struct arena *arena;
	VEC(struct subject) subjects;
	VEC(struct role) roles;
	VEC(struct sense) senses;
	VEC(struct lexeme) lexicon;
	unsigned grammar[GRAMMAR_COUNT]; /* each list of words: its place among the senses + 1, 0 missing */
	unsigned *index; /* of the lexicon by hash: place + 1, 0 free; `index_size` is a power of two */
	size_t index_size;
	struct english *english; /* words of plain English, beside those that it knows itself */
	phrase_list han_ignore; /* Chinese that carries no meaning of its own */
	struct plausible *plausible; /* what subjects_rank() found last */
	const char *folder; /* that it was read from, */
	uint64_t content;   /* and what sums up the texts there, by their names */
	void *image; /* when it was loaded: what all arrays above lie in */
	size_t image_len;
};

/* Reads the body of a subject, or of all, where that has not been done. -EINVAL with the first mistake. */
int vocabulary_open(const struct vocabulary *vocabulary, const struct subject *subject, struct error *err);
int vocabulary_open_all(const struct vocabulary *vocabulary, struct build *mistakes, struct error *err);
void subject_close(struct subject *subject); /* frees the lists that opening it made */

/* Reads every *.vocab file of the folder, of subjects only the phrases (all of them when `mistakes`). The first mistake is in `err` as "FILE:LINE: …"; all of them
 * are appended to `mistakes` (may be NULL), one a line. NULL only when nothing could be read or there was a mistake and `mistakes` is NULL. */
struct vocabulary *vocabulary_read(const char *folder, struct build *mistakes, struct error *err);
void vocabulary_free(struct vocabulary *vocabulary);
void plausible_free(struct plausible *plausible);
static inline void drop_vocabulary(struct vocabulary **vocabulary)
{
	vocabulary_free(*vocabulary);
}
#define AUTO_VOCABULARY AUTO(drop_vocabulary) struct vocabulary *

const struct role *vocabulary_role(const struct vocabulary *vocabulary, const char *name);
const struct sense *vocabulary_sense(const struct vocabulary *vocabulary, const char *class, const char *name);
const struct subject *vocabulary_subject(const struct vocabulary *vocabulary, const char *name);
const struct lexeme *vocabulary_word(const struct vocabulary *vocabulary, const char *word);
/* Finds or makes the entry. The pointer is valid until the next one is made. */
struct lexeme *vocabulary_enter(struct vocabulary *vocabulary, const char *word);
/* How much a word tells: rare words tell more (inverse document frequency over the subjects). */
double vocabulary_weight(const struct vocabulary *vocabulary, const char *word);
/* Folds and replaces by the canonical word: what phrases are compared in. */
void vocabulary_canonical(const struct vocabulary *vocabulary, const char *base, char canonical[64]);
