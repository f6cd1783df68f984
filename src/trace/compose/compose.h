/* From the words and a subject to a plan. */
#pragma once
#include "trace/plan/bind.h"
#include "trace/plan/planner.h"

/* One probe of a way, for binding roles before anything is written. */
struct spot spot_of(struct wish *wish, const struct way *way);
/* Fills measure, value, keys, conditions and columns of wish->plan for one way of a subject. `spot` is a
 * probe of that way. Roles that cannot be bound stay in the plan when they were asked for: writing the
 * program then says what is missing. */
void plan_compose(struct wish *wish, const struct subject *subject, const struct way *way,
		  const struct spot *spot);

/* Marks words that only name a library or call that the way's probes are in anyway; before names are looked for. */
void objects_mention(struct wish *wish, const struct way *way);

/* ---- between its files: measure.c ---- */
bool word_there(const struct wish *wish, const char *canonical);
bool wish_said(const struct wish *wish, enum measure measure);
/* measure_words.c: measure and value as the words say them; "softirq time by vector". */
void measure_by_words(struct wish *wish, const struct subject *subject);
bool time_meant(const struct wish *wish);
/* Fills measure and value; then what they come to at this probe. */
void measure_choose(struct wish *wish, const struct subject *subject);
void amount_asked(struct wish *wish, const struct spot *spot); /* each.c: "who writes so much", "median read time" */
void value_mention(struct wish *wish, const struct spot *spot);
void value_meant(struct wish *wish, const struct spot *spot);
/* The role that words for this measure name, or any others do; NULL: none does. */
const char *value_said(const struct wish *wish, enum measure measure);
/* statistics.c: where the measure was asked for, best where its value is named; NULL: nowhere. */
/* each.c: "how long does it take each time"; "how many sqes per call", of a subject that is told for each call;
 * "everything is slow, signals by process". */
bool times_each(const struct wish *wish);
bool times_counted(const struct wish *wish);
bool counted_of_each(const struct wish *wish, const struct subject *subject);
bool slow_told(const struct wish *wish);
/* "how many tasks wait, sampled at 49 Hz", "pages written by device": an amount where a count was taken. */
void amount_meant(struct wish *wish, const struct subject *subject);
const struct measure_hit *hit_of(const struct wish *wish, enum measure measure);
/* "average and largest": the measures of which several were asked for in one breath, as bits
 * 1 << MEASURE_…; those that only rank ("the worst average") are none. */
unsigned statistics_asked(struct wish *wish);
bool spread_said(const struct wish *wish); /* a histogram in so many words */
/* Makes them the plan's, as far as they are of one value; false: they are not several. */
bool statistics_choose(struct wish *wish, const struct subject *subject);
/* spread.c: the bounds of a linear histogram, and percentiles only of a histogram. */
/* "large writes", "long sleeps": how large or long they are, where a count was all that is left to measure. */
void adjective_meant(struct wish *wish);
void linear_choose(struct wish *wish, const struct spot *spot);
/* "max interval of journal handles", "bytes_req 分布": a field that nothing else names, beside the measure. Before it is chosen. */
void field_measured(struct wish *wish, const struct spot *spot);
/* where.c: what the conditions mean at this probe. */
void conditions_choose(struct wish *wish, const struct subject *subject, const struct spot *spot);
/* "what percentage of opens fails": of all of them, told apart. */
bool part_asked(const struct question *q);
bool listed(const name_list *list, const char *name);
/* keys.c: keys that words only describe, where this probe has them: "reads and writes apart", "from which core
 * to which", and default ones that a word of the subject names beside others ("drop reasons and stacks"). */
void apart_keys(struct wish *wish, const struct spot *spot);
/* "old limit by process": the noun is a key, too. */
void noun_before_by(struct wish *wish, const struct spot *spot);
/* The same before the measure is chosen: why something failed. */
void failure_reason(struct wish *wish, const struct spot *spot);
void lock_key(struct wish *wish, const struct spot *spot);
void each_kind(struct wish *wish, const struct subject *subject, const struct spot *spot); /* "each softirq … on each cpu" */
void both_ends_keys(struct wish *wish, const struct spot *spot);
void subject_keys(struct wish *wish, const struct subject *subject, const struct spot *spot);
/* "writeback reasons, counted": what is asked of it, in the plural. */
bool plural_mention(const struct question *question, const struct role *role);
void raw_keys_claim(struct wish *wish, const struct spot *spot); /* "by call_site", before names are looked for */
void described_keys(struct wish *wish, const struct spot *spot); /* "clone flags by process" */
/* The way's own names for both ends, before keys are chosen; the other end as a key, where one is named. */
void ends_known(struct wish *wish, const struct spot *spot);
/* What a word for who does it, or to whom, means there: "caller", "sender", "destination"; else the same name. */
bool own_port_meant(const struct wish *wish, const struct spot *spot);
const char *end_meant(const struct wish *wish, const struct spot *spot, const char *name);
/* cpus.c: of what goes from one CPU to another, the one that is meant, as key and condition. */
void cpus_of_ends(struct wish *wish, const struct spot *spot);
/* "by command": what is asked of the call, or the process. */
const char *command_meant(const struct spot *spot);
void key_push(struct wish *wish, const struct spot *spot, const char *role); /* where the way tells it, and once */
void doer_key(struct wish *wish);
void done_to_key(struct wish *wish, const struct spot *spot);

/* identity.c: "setuid to root": the id that is asked for, and not whose call it is. */
void identity_meant(struct wish *wish, const struct spot *spot, const struct way *way);
/* stacks.c: what asks for stacks, before keys are bound; then those keys; and at last their order, with whose they are. */
bool is_stack(const char *role);
bool stack_listed(const name_list *list);
void stacks_take(struct wish *wish, const struct subject *subject, const struct way *way, const struct spot *spot);
void stack_keys(struct wish *wish, const struct way *way);
void stacks_order(struct plan *plan, const struct spot *spot);
bool way_has(const struct way *way, const char *role); /* a role of its own */
/* columns.c: what each event's line shows; what was asked for and is not told here is said. */
void columns_choose(struct wish *wish, const struct subject *subject, const struct way *way, const struct spot *spot);

/* name.c: what "by number" and "by name", "by type" mean at this probe; `role`, when it is there as it is. */
const char *number_meant(const struct spot *spot);
const char *name_meant(const struct wish *wish, const struct way *way, const struct spot *spot, const char *role, name_list asked);
/* field.c: conditions on fields of the spot's probes by their names; then the numbers that were left for these. */
void fields_where(struct wish *wish);
/* The role or field that a person means by this word ("dirfd" is dfd); NULL: none here. */
const char *field_alias(const struct spot *spot, const char *word); /* only by another name */
const char *field_meant(const struct spot *spot, const char *word);
const struct field *spot_field(struct wish *wish, const char *name);
/* where.c: "softirq NET_RX", "state CLOSE_WAIT": what the kernel calls one of a role's values. Before names. */
void symbols_mention(struct wish *wish, const struct spot *spot);
/* "files being read most": what the question begins with. */
/* "每次读多少字节": how they are spread. */
/* "bytes per write", "does each write call carry", "into every disk request": one of what is watched, and no group. */
bool one_of_watched(const struct question *q, size_t at);
void amounts_spread(struct wish *wish);
bool compared_measured(const struct wish *wish); /* "histogram of write sizes over 1 MiB" */
/* "distribution of exit codes": how often each occurs. */
void names_spread(struct wish *wish, const struct spot *spot);
void ranked_first(struct wish *wish, const struct spot *spot);
/* "what is redis reading": of one process, what it does that to, where no key was asked for. */
void object_keys(struct wish *wish, const struct spot *spot);

/* call.c: of the calls that a way watches together one by its own name; "the first argument as a string". */
void call_named(struct wish *wish, const struct subject *subject, const struct way *way);
void arguments_as_text(struct wish *wish);
/* The first of the way's system calls that the question spells; words of English ("read") name the deed. NULL: none. */
const char *call_spelled(const struct question *question, const struct way *way);
