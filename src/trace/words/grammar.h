/* Words that the planner knows by what they do in a sentence: `sense grammar NAME` and `sense written NAME` of the
 * vocabulary (grammar.vocab says what each list is for). The planner asks for a list by its enum. */
#pragma once
#include "base/text.h"

#define GRAMMAR_LISTS(LIST) \
	/* words that any sentence has */ \
	LIST(WITHIN, "within") LIST(DETERMINER, "determiner") LIST(AND, "and") LIST(AND_OR, "and-or") \
	LIST(PREPOSITION, "preposition") LIST(BE, "be") LIST(AUX, "aux") LIST(COPULA, "copula") LIST(EVERY, "every") LIST(BY, "by") \
	LIST(GROUPS, "groups") LIST(WHO, "who") LIST(PRONOUN, "pronoun") LIST(PERSON, "person") \
	LIST(TELLER, "teller") LIST(IT, "it") LIST(WHILE, "while") LIST(WHETHER, "whether") \
	LIST(ABOUT, "about") LIST(NEVER, "never") LIST(DENIAL, "denial") LIST(HURRIED, "hurried") \
	LIST(PARTICIPLE, "participle") LIST(PAST, "past") LIST(PAST_AUX, "past-aux") \
	/* around names */ \
	LIST(BEFORE_NAME, "before-name") LIST(BEFORE_FOREIGN, "before-foreign") \
	LIST(BEFORE_SURELY, "before-surely") LIST(BEFORE_MAYBE, "before-maybe") \
	LIST(AFTER_NAME, "after-name") LIST(WHOSE, "whose") LIST(DOER, "doer") \
	LIST(PROCESS_NOUN, "process-noun") \
	LIST(CALLING, "calling") LIST(ON_FILE, "on-file") LIST(INTO_NAME, "into-name") LIST(LANGUAGE, "language") LIST(INTERPRETED, "interpreted") LIST(NO_SERVICE, "no-service") LIST(BEFORE_DEED, "before-deed") \
	LIST(BEFORE_DOER, "before-doer") LIST(INSIDE, "inside") LIST(INSIDE_PATH, "inside-path") LIST(BEFORE_OBJECT, "before-object") \
	LIST(AFTER_OBJECT, "after-object") LIST(BEFORE_UNIT, "before-unit") LIST(ALONG, "along") \
	LIST(TRAFFIC, "traffic") LIST(TRAFFIC_WAY, "traffic-way") LIST(LOCK, "lock") LIST(LOCK_NOUN, "lock-noun") \
	/* opposites, in pairs */ \
	LIST(OPPOSITE_DATA, "opposite-data") LIST(OPPOSITE_WAY, "opposite-way") \
	LIST(OPPOSITE_DEED, "opposite-deed") LIST(OPPOSITE_AMOUNT, "opposite-amount") LIST(TURNS, "turns") \
	/* who does it to whom */ \
	LIST(START, "start") LIST(START_WORD, "start-word") LIST(STARTED, "started") LIST(STARTED_THING, "started-thing") \
	LIST(BEFORE_STARTED, "before-started") LIST(AFTER_STARTED, "after-started") \
	LIST(BEFORE_INFINITIVE, "before-infinitive") LIST(BEFORE_WHOM, "before-whom") LIST(BEFORE_VERB, "before-verb") LIST(TO_WHOM, "to-whom") \
	LIST(OF_WHOM, "of-whom") LIST(PATIENT, "patient") LIST(GIVE, "give") LIST(DEED, "deed") \
	LIST(BEFORE_FATE, "before-fate") LIST(FATE, "fate") LIST(DOES, "does") LIST(GOES_OUT, "goes-out") LIST(FAR_END, "far-end") \
	LIST(CAUSING, "causing") LIST(GIVE_BACK, "give-back") LIST(NUMBERED, "numbered") LIST(SOMEBODY, "somebody") \
	LIST(CONSUME, "consume") \
	LIST(CIRCUMSTANCE, "circumstance") LIST(BEFORE_STATE, "before-state") \
	LIST(AFTER_STATE, "after-state") LIST(BEFORE_PROGRAM, "before-program") \
	/* keys, columns and order */ \
	LIST(SET_AGAINST, "set-against") LIST(APART, "apart") LIST(FIELD_NOUN, "field-noun") LIST(FAMILY, "family") LIST(ORDER, "order") \
	LIST(ONE_CALL, "one-call") LIST(HOLDER, "holder") LIST(EVENT_NOUN, "event-noun") LIST(ALONG_WITH, "along-with") \
	LIST(COLUMN, "column") LIST(FOR_ME, "for-me") LIST(CLAUSE, "clause") \
	LIST(REALTIME_THING, "realtime-thing") LIST(BEFORE_AMOUNT, "before-amount") \
	LIST(WHICH_ONE, "which-one") LIST(SOME, "some") LIST(OF_THOSE, "of-those") \
	LIST(NARROW_ASK, "narrow-ask") LIST(CORRECTION_LEAD, "correction-lead") \
	/* measures and values */ \
	LIST(HISTOGRAM, "histogram") LIST(CODE, "code") LIST(TIME_OF_EACH, "time-of-each") \
	LIST(BEFORE_TIME, "before-time") LIST(DURATION, "duration") LIST(ELAPSE, "elapse") \
	LIST(MOMENT, "moment") LIST(TAKES_TIME, "takes-time") LIST(TIMES_OVER, "times-over") LIST(HALT, "halt") \
	LIST(PART_OF_TIME, "part-of-time") LIST(PART, "part") LIST(PERCENTILE, "percentile") \
	LIST(MEDIAN, "median") LIST(STEP, "step") LIST(BUCKET, "bucket") LIST(LINEAR, "linear") \
	LIST(BEFORE_STEP, "before-step") LIST(ONE_BUCKET, "one-bucket") LIST(RANGE_TO, "range-to") \
	LIST(RANGE_FROM, "range-from") LIST(BEFORE_RANGE, "before-range") LIST(BEFORE_ZERO, "before-zero") \
	LIST(COME_BACK, "come-back") LIST(COME_TO, "come-to") LIST(COMPLAIN, "complain") LIST(ID_NOUN, "id-noun") \
	LIST(BECOMING, "becoming") LIST(ID_OF, "id-of") \
	/* beside a tracepoint's fields */ \
	LIST(BEFORE_FIELD, "before-field") LIST(CONDITION, "condition") LIST(BEFORE_VALUE, "before-value") \
	LIST(SPAN_START, "span-start") LIST(SPAN_END, "span-end") LIST(UNTIL, "until") \
	/* what is told around a question, and what is left over */ \
	LIST(TOLD, "told") LIST(NOW, "now") LIST(STORY_LEAD, "story-lead") LIST(SO, "so") \
	LIST(NARROWING, "narrowing") LIST(GROW, "grow") LIST(BEFORE_DENIED, "before-denied") \
	/* chinese only */ \
	LIST(PARTICLE, "particle") LIST(BEFORE_BLOCK, "before-block") LIST(ALSO, "also") \
	LIST(SHOWN, "shown") LIST(APIECE, "apiece") LIST(IS_WHAT, "is-what") \
	LIST(BEFORE_SPREAD, "before-spread") LIST(AFTER_PROGRAM, "after-program") LIST(EVERY_TIME, "every-time") LIST(IN_ALL, "in-all") \
	LIST(EACH_ASKED, "each-asked") LIST(THEN, "then") LIST(PIECE, "piece") LIST(MOVES, "moves") \
	LIST(AMOUNT_END, "amount-end")

enum grammar {
#define LIST(upper, lower) GRAMMAR_##upper,
	GRAMMAR_LISTS(LIST)
#undef LIST
	GRAMMAR_COUNT
};

struct question;
struct vocabulary;
struct sense;
struct token;

/* Whether the word that stands there is one of the list's. */
bool token_in(const struct question *question, size_t at, enum grammar list);
/* How many tokens the longest phrase of the list takes there; 0: none stands there. */
size_t tokens_in(const struct question *question, size_t at, enum grammar list);
/* Whether a word of the list stands anywhere. */
bool words_there(const struct question *question, enum grammar list);

const struct sense *grammar_list(const struct vocabulary *vocabulary, enum grammar list); /* NULL: it is missing */
/* Of lists of opposites each two phrases that follow one another are a pair. The other one of the pair in which the word stands; NULL: it stands in none. */
const char *opposite_of(const struct vocabulary *vocabulary, enum grammar list, const char *word);
bool opposites_at(const struct question *question, size_t at, enum grammar list); /* side by side: "收发" */

/* After the senses are grouped: where each list is. Lists that are missing are then empty, and grammar_check() reports them. */
void grammar_find(struct vocabulary *vocabulary);
void grammar_check(const struct vocabulary *vocabulary, struct build *mistakes);
