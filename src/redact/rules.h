/* The rules: what a secret looks like, read from data/redact/ (the format is docs/redaction.md). */
#pragma once
#include "base/arena.h"
#include "base/vec.h"
#include "redact/forms.h"
#include "redact/redact.h"

enum rule_rank { /* of two rules that take the same text, the lower rank names it */
	RANK_EXACT,    /* the value's own form tells it */
	RANK_CONTEXT,  /* the words around it tell it */
	RANK_GUESS,    /* the words and its randomness hint at it */
	RANK_IDENTITY, /* no secret, but it tells who or where */
};
enum rule_check { CHECK_LUHN = 1, CHECK_IBAN = 2, CHECK_MIXED = 4, CHECK_IPV6 = 8, CHECK_JWT = 16, CHECK_ENTROPY = 32 };

/* Regexes of one rule, compiled when they are first needed. */
enum rule_regex { REGEX_MATCH, REGEX_UNLESS, REGEX_BEFORE, REGEX_AFTER, REGEX_COUNT };

struct rule {
	const char *name, *say, *as;
	const char *regex[REGEX_COUNT]; /* NULL: has none */
	const char *file;		/* where it stands */
	unsigned line;
	enum rule_rank rank;
	unsigned checks;
	double entropy;	      /* bits a character, at least */
	size_t reach, ahead;  /* bytes around a find in which the match lies */
	bool fold;
	bool swept;	      /* its values are names that are looked for everywhere */
	enum form form;	      /* in place of the regex of the match */
	VEC(struct text) not; /* values that are no secrets, in any case */
	uint64_t not_lengths, not_letters; /* what they have: few others have both */
	VEC(struct text) fields; /* names whose values are (FORM_FIELD) */
};
struct find { /* tells where a match may be */
	const char *regex; /* in the subset that Vectorscan and PCRE2 share */
	bool fold;
	unsigned rule;
	struct text plain; /* the same without escapes, where it is a name or a value of this machine */
};
struct run { /* the same for what has no fixed letters: so many characters of a class in a row */
	size_t least, least_of; /* at least `least`, of which `least_of` are in `of` */
	bool class[256], of[256];
	unsigned rule;
};
struct spot { /* and for single bytes; "\n": where each line begins */
	char byte;
	/* Only where a chain of `count` begins, each 2 to `within` bytes behind the one before (1: right behind it); in all 32
	 * bytes at most. */
	unsigned char count, within;
	unsigned rule;
};
struct tail { /* and for words that logs repeat: what stands right behind one of them, in any case */
	struct text text; /* in small letters, at least 3 */
	bool sign;	  /* a sign must follow, as behind a field's name; else what a name begins with */
	unsigned rule;
};
static inline bool tail_goes_on(const struct tail *tail, char c)
{
	return tail->sign ? c && strchr("\"'=:\\", c) : c == '_' || ((c | 32) >= 'a' && (c | 32) <= 'z');
}
struct example {
	struct text text; /* as written */
	bool secret;	  /* a true example: the secrets stand in « » */
	const char *file;
	unsigned line, rule;
};
struct part { /* {{name}} in a regex stands for another */
	const char *name, *regex;
};
struct rules {
	struct arena *arena;
	VEC(struct rule) list;
	VEC(struct find) finds;
	VEC(struct run) runs;
	VEC(struct spot) spots;
	VEC(struct tail) tails;
	VEC(struct example) examples;
	VEC(struct part) parts;
	VEC(const char *) common; /* names that tell nothing of anybody: root, localhost */
	struct build keep;	  /* regex of values that are no secrets, for RANK_CONTEXT and RANK_GUESS */
	bool identity, want_examples; /* set before reading; without `identity` such rules are left out */
};
void rules_done(struct rules *rules);
#define AUTO_RULES AUTO(rules_done) struct rules
/* Reads every *.rules file of the folder, by name. The error names file and line. */
int rules_read(struct rules *rules, const char *folder, struct error *err);
/* Adds a rule of this program (the machine's own names). Borrowed strings from rules->arena. */
struct rule *rules_add(struct rules *rules, const char *name, const char *as, enum rule_rank rank);
/* `literal` with its special characters escaped, for both engines. From the arena. */
char *rules_quote(struct rules *rules, struct text literal);
bool rules_common(const struct rules *rules, const char *name);
/* Adds rules for the names of this machine and of the person who runs this. */
void rules_own_names(struct rules *rules);
/* An example's text with its escapes resolved; with `spans`, the secrets' places in it. */
struct example_span {
	size_t start, end;
};
struct example_text {
	struct build text;
	VEC(struct example_span) spans;
};
int example_expand(const struct example *example, struct example_text *out, struct error *err);
void example_done(struct example_text *text);
