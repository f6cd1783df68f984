/* Words that the planner knows by what they do in a sentence: `sense grammar NAME` and `sense written NAME` of the
 * vocabulary (grammar.vocab says what each list is for). The planner asks for a list by its enum. */
#pragma once
#include "base/text.h"

#define GRAMMAR_LISTS(LIST) \
	/* words that any sentence has */ \
	LIST(WITHIN, "within") LIST(DETERMINER, "determiner") LIST(AND, "and") LIST(AND_OR, "and-or") \
	LIST(BE, "be") LIST(AUX, "aux") LIST(COPULA, "copula") LIST(EVERY, "every") LIST(BY, "by") \
	LIST(GROUPS, "groups") LIST(WHO, "who") LIST(PRONOUN, "pronoun") LIST(PERSON, "person") \
	LIST(TELLER, "teller") LIST(IT, "it") LIST(WHILE, "while") LIST(WHETHER, "whether") \
	LIST(ABOUT, "about") LIST(NEVER, "never") LIST(DENIAL, "denial") LIST(HURRIED, "hurried") \
	LIST(PARTICIPLE, "participle") \
	/* around names */ \
	LIST(BEFORE_NAME, "before-name") LIST(BEFORE_FOREIGN, "before-foreign") \
	LIST(AFTER_NAME, "after-name") LIST(WHOSE, "whose") LIST(DOER, "doer") \
	LIST(BEFORE_DEED, "before-deed") LIST(INSIDE, "inside") LIST(BEFORE_OBJECT, "before-object") \
	LIST(AFTER_OBJECT, "after-object") LIST(ALONG, "along") LIST(LOCK, "lock") \
	/* who does it to whom */ \
	LIST(START, "start") LIST(STARTED, "started") LIST(BEFORE_STARTED, "before-started") \
	LIST(AFTER_STARTED, "after-started") LIST(BEFORE_PARENT, "before-parent") \
	LIST(BEFORE_WHOM, "before-whom") LIST(BEFORE_VERB, "before-verb") LIST(TO_WHOM, "to-whom") \
	LIST(OF_WHOM, "of-whom") LIST(PATIENT, "patient") LIST(GIVE, "give") LIST(DEED, "deed") \
	LIST(BEFORE_FATE, "before-fate") LIST(FATE, "fate") LIST(GOES_OUT, "goes-out") \
	LIST(GIVE_BACK, "give-back") \
	/* keys, columns and order */ \
	LIST(APART, "apart") LIST(FIELD_NOUN, "field-noun") LIST(FAMILY, "family") LIST(ORDER, "order") \
	LIST(ONE_CALL, "one-call") LIST(EVENT_NOUN, "event-noun") LIST(ALONG_WITH, "along-with") \
	LIST(COLUMN, "column") LIST(REALTIME_THING, "realtime-thing") LIST(BEFORE_AMOUNT, "before-amount") \
	LIST(NARROW_ASK, "narrow-ask") LIST(CORRECTION_LEAD, "correction-lead") \
	/* measures and values */ \
	LIST(HISTOGRAM, "histogram") LIST(CODE, "code") LIST(TIME_OF_EACH, "time-of-each") \
	LIST(BEFORE_TIME, "before-time") LIST(DURATION, "duration") LIST(TAKES_TIME, "takes-time") \
	LIST(HALT, "halt") LIST(PART_OF_TIME, "part-of-time") LIST(PART, "part") \
	LIST(BEFORE_RANGE, "before-range") LIST(COME_TO, "come-to") \
	/* beside a tracepoint's fields */ \
	LIST(BEFORE_FIELD, "before-field") LIST(CONDITION, "condition") LIST(BEFORE_VALUE, "before-value") \
	/* what is told around a question, and what is left over */ \
	LIST(NARROWING, "narrowing") LIST(GROW, "grow") LIST(BEFORE_DENIED, "before-denied") \
	/* chinese only */ \
	LIST(BEFORE_BLOCK, "before-block") LIST(ALSO, "also") LIST(SHOWN, "shown") LIST(APIECE, "apiece") \
	LIST(IS_WHAT, "is-what") LIST(BEFORE_SPREAD, "before-spread") LIST(EVERY_TIME, "every-time") \
	LIST(IN_ALL, "in-all") LIST(EACH_ASKED, "each-asked") LIST(THEN, "then") LIST(PIECE, "piece")

enum grammar {
#define LIST(upper, lower) GRAMMAR_##upper,
	GRAMMAR_LISTS(LIST)
#undef LIST
	GRAMMAR_COUNT
};

struct question;
struct vocabulary;
struct token;

/* Whether the word that stands there is one of the list's. */
bool token_in(const struct question *question, size_t at, enum grammar list);
/* How many tokens the longest phrase of the list takes there; 0: none stands there. */
size_t tokens_in(const struct question *question, size_t at, enum grammar list);
/* Whether a word of the list stands anywhere. */
bool words_there(const struct question *question, enum grammar list);

/* After the senses are grouped: where each list is. Lists that are missing are then empty, and grammar_check() reports them. */
void grammar_find(struct vocabulary *vocabulary);
void grammar_check(const struct vocabulary *vocabulary, struct build *mistakes);
